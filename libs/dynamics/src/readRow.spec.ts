import type { FieldType, FieldValue, TableDefinition } from '@lockstep/change-events';
import { readRowAnswer } from './readAnswer.ts';

const tableOf = (type: FieldType): TableDefinition => ({
  table: 'thing',
  entitySet: 'things',
  primaryKey: 'thingid',
  fields: [{ name: 'x', type }],
});
const label = 'OData.Community.Display.V1.FormattedValue';
const frame = '"@odata.etag":"W/\\"12\\"","thingid":"AB"';

const values: readonly [FieldType, string, FieldValue][] = [
  ['string', '"x":""', ''],
  ['string', '"x":null', null],
  ['boolean', '"x":false', false],
  ['integer', '"x":-7', -7],
  ['number', '"x":1.5', 1.5],
  ['decimal', '"x":922337203685476.3700', '922337203685476.37'],
  ['decimal', '"x":100', '100'],
  ['decimal', '"x":-0.0000000001', '-0.0000000001'],
  ['timestamp', '"x":"2026-03-01T12:30:05Z"', '2026-03-01T12:30:05Z'],
  ['timestamp', '"x":"2026-03-01T14:30:05.250+02:00"', '2026-03-01T12:30:05.250Z'],
  ['date', '"x":"2026-03-01"', '2026-03-01'],
  ['option', `"x":3,"x@${label}":"Cold"`, { value: 3, label: 'Cold' }],
  ['option', '"x":3', { value: 3, label: null }],
  [
    'options',
    `"x":"1,9","x@${label}":"A; B"`,
    [
      { value: 1, label: 'A' },
      { value: 9, label: 'B' },
    ],
  ],
  [
    'options',
    `"x":"1,9","x@${label}":"A; B; C"`,
    [
      { value: 1, label: null },
      { value: 9, label: null },
    ],
  ],
  [
    'lookup',
    '"_x_value":"AB-CD","_x_value@Microsoft.Dynamics.CRM.lookuplogicalname":"team"',
    { id: 'ab-cd', table: 'team' },
  ],
];

describe('a row of Dataverse', () => {
  it.each(values)('reads a value of type %s from %s', (type, json, expected) => {
    expect(readRowAnswer(tableOf(type), `{${frame},${json}}`).fields).toEqual({ x: expected });
  });

  it('leaves out a column that the answer lacks, since it is unknown', () => {
    expect(readRowAnswer(tableOf('string'), `{${frame}}`)).toEqual({
      id: 'ab',
      version: 12,
      fields: {},
      changedAt: null,
      changedBy: null,
    });
  });

  it('reads the version from its column when there is no ETag', () => {
    expect(readRowAnswer(tableOf('decimal'), '{"thingid":"ab","versionnumber":12}').version).toBe(12);
  });

  it.each<[string, FieldType, string]>([
    ['text in a whole number', 'integer', `{${frame},"x":"7"}`],
    ['a fraction in a whole number', 'integer', `{${frame},"x":7.5}`],
    ['a time that is none', 'timestamp', `{${frame},"x":"soon"}`],
    ['more decimals than the contract has', 'decimal', `{${frame},"x":0.12345678901}`],
    ['no version', 'string', '{"thingid":"ab"}'],
    ['a version that a number cannot hold', 'string', '{"thingid":"ab","versionnumber":9007199254740993}'],
    ['no key', 'string', '{"@odata.etag":"W/\\"12\\""}'],
    ['half a body', 'decimal', `{${frame},"x":`],
  ])('refuses %s', (_name, type, text) => {
    expect(() => readRowAnswer(tableOf(type), text)).toThrow('DYNAMICS_ANSWER_INVALID');
  });
});
