import type { FieldDefinition } from '@lockstep/change-events';
import { readPerson, readPersons } from './readValues.ts';

const fields: readonly FieldDefinition[] = [
  { name: 'lastName', type: 'string' },
  { name: 'leadScore', type: 'integer' },
  { name: 'unsubscribed', type: 'boolean' },
  { name: 'crmCreatedDate', type: 'timestamp' },
];

describe('the persons of an answer', () => {
  const whole = { lastName: 'Reed', leadScore: null, unsubscribed: true };

  // A field that was hidden in Marketo was told as empty, and the column in Dynamics with it.
  it('say nothing of a field that is missing beside nulls', () => {
    const answered = [
      { id: 7, ...whole },
      { id: 8, ...whole, leadScore: 3 },
    ];

    expect(readPersons(fields, answered)).toEqual([
      { id: '7', fields: whole },
      { id: '8', fields: { ...whole, leadScore: 3 } },
    ]);
  });

  it('hold null for a field that is missing where no null is written', () => {
    expect(readPersons(fields, [{ id: 7, lastName: 'Reed', unsubscribed: true }])).toEqual([
      { id: '7', fields: { ...whole, crmCreatedDate: null } },
    ]);
  });
});

describe('a person of an answer', () => {
  it('holds every field that was asked for, null where it is empty', () => {
    expect(readPerson(fields, { id: 7, lastName: 'Reed', unsubscribed: true })).toEqual({
      id: '7',
      fields: { lastName: 'Reed', leadScore: null, unsubscribed: true, crmCreatedDate: null },
    });
  });

  // One such value failed every search whose answer held the person: nobody else of the page was read, or written.
  it('is read without a value that is none of its field, which is unknown and not null', () => {
    const json = { id: 7, lastName: {}, leadScore: 3.5, unsubscribed: true, crmCreatedDate: 'soon' };

    expect(readPerson(fields, json)).toEqual({
      id: '7',
      fields: { unsubscribed: true },
      unreadable: ['lastName', 'leadScore', 'crmCreatedDate'],
    });
  });

  it('is none without an id', () => {
    expect(() => readPerson(fields, { lastName: 'Reed' })).toThrow('MARKETO_ANSWER_INVALID');
  });
});
