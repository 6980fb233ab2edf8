import type { PersonTable } from './demoFields.ts';
import { expectEdit, expectFirstLoad } from './expectations.ts';
import type { Person, Values } from './people.ts';

function meet(table: PersonTable, row: Values, inMarketo: Values | null): ReadonlyMap<string, unknown> {
  const person: Person = { table, id: 'a', row: { lastname: 'L', ...row }, inMarketo };
  return expectFirstLoad(person).fields;
}

describe('expectFirstLoad', () => {
  it.each([
    ['a lead keeps the value of Marketo', 'lead', { jobtitle: 'D' }, { title: 'M' }, 'jobtitle/title', 'M'],
    [
      'a contact keeps the value of Dynamics',
      'contact',
      { jobtitle: 'D' },
      { title: 'M' },
      'jobtitle/title',
      'D',
    ],
    ['a blank in Marketo never wins', 'lead', { jobtitle: 'D' }, { title: null }, 'jobtitle/title', 'D'],
    ['a blank in Dynamics never wins', 'contact', {}, { title: 'M' }, 'jobtitle/title', 'M'],
    [
      'an opt-out in Marketo wins for a contact',
      'contact',
      { donotbulkemail: false },
      { unsubscribed: true },
      'donotbulkemail/unsubscribed',
      true,
    ],
    [
      'an opt-out in Dynamics wins for a lead',
      'lead',
      { donotbulkemail: true },
      { unsubscribed: false },
      'donotbulkemail/unsubscribed',
      true,
    ],
    ['scores come from Marketo', 'contact', {}, { leadScore: 7 }, 'mkt_leadscore/leadScore', 7],
    [
      'options are compared by label',
      'lead',
      { leadsourcecode: 8 },
      null,
      'leadsourcecode/leadSource',
      'Web',
    ],
    ['defaults of Dynamics count', 'lead', {}, null, 'leadqualitycode/rating', 'Warm'],
    ['the topic feeds a second field', 'lead', { subject: 'S' }, null, 'subject/crmSubject', 'S'],
    [
      'times are whole seconds',
      'lead',
      { createdon: '1970-01-01T00:01:00.9Z' },
      null,
      'createdon/crmCreatedDate',
      60,
    ],
  ] as const)('%s', (...[, table, row, inMarketo, key, value]) => {
    expect(meet(table, row, inMarketo).get(key)).toBe(value);
  });

  it('knows no fax of contacts', () => {
    expect(meet('contact', {}, null).has('fax/fax')).toBe(false);
    expect(meet('lead', {}, null).has('fax/fax')).toBe(true);
  });

  it('keeps a row with filter No away, and no other', () => {
    const person: Person = { table: 'lead', id: 'a', row: { new_synctomkto: false }, inMarketo: null };
    expect(expectFirstLoad(person).fate).toBe('away');
    expect(expectFirstLoad({ ...person, row: { new_synctomkto: null } }).fate).toBe('linked');
  });
});

describe('expectEdit', () => {
  it('changes every field that the column feeds, and nothing else', () => {
    const before = expectFirstLoad({
      table: 'lead',
      id: 'a',
      row: { subject: 'S', fax: '1' },
      inMarketo: null,
    });
    const { fields } = expectEdit(before, 'subject', 'T');
    expect([fields.get('subject/crmTopic'), fields.get('subject/crmSubject'), fields.get('fax/fax')]).toEqual(
      ['T', 'T', '1'],
    );
  });
});
