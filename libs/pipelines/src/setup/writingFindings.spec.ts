import type { MarketoField, TableRights } from '@lockstep/ports';
import { defaultMapping, type MappingRow } from '@lockstep/reconciliation';
import { lengthFindings, unwritableColumns, writingNeeds } from './writingFindings.ts';

const phone: MappingRow = {
  ...{ field: 'phone', type: 'string', direction: 'both', marketo: 'phone' },
  columns: { lead: 'telephone1', contact: 'telephone2' },
};
const rights = (lengths: Readonly<Record<string, number | null>>): TableRights => ({
  ...{ lacks: [], partial: [] },
  lengths: new Map(Object.entries(lengths)),
});
const fieldOf = (lengthMax: number | null): ReadonlyMap<string, MarketoField> =>
  new Map([['phone', { name: 'phone', type: 'string', lengthMax, isWritable: true }]]);

describe('the privileges that are needed to write', () => {
  it('are those of the rows of persons, and what a rule adds', () => {
    const mapping = defaultMapping;

    expect([...writingNeeds({ mapping })]).toEqual([
      ['lead', ['Write']],
      ['contact', ['Write']],
    ]);
    expect([
      ...writingNeeds({
        ...{ mapping, createInDynamics: { as: 'lead' } },
        ...{ attachAccounts: {}, writeBack: ['website'] },
      }),
    ]).toEqual([
      ['lead', ['Write', 'Create']],
      ['contact', ['Write', 'Append']],
      ['account', ['AppendTo', 'Write']],
    ]);
    expect([...writingNeeds({ mapping, rowWhenPersonDeleted: 'delete' })]).toEqual([
      ['lead', ['Write', 'Delete']],
      ['contact', ['Write', 'Delete']],
    ]);
  });
});

it('columns that are written must be there and be writable, those that are only read need not', () => {
  const inward: MappingRow = {
    ...phone,
    ...{ direction: 'to-marketo', columns: { lead: 'createdon' }, marketo: 'crmCreatedDate' },
  };

  expect(unwritableColumns([phone, inward], 'lead', rights({ telephone1: 50 }))).toEqual([]);
  expect(unwritableColumns([phone, inward], 'lead', rights({}))).toEqual(['telephone1']);
});

describe('lengths of a column and its field', () => {
  const tables = new Map([['lead', rights({ telephone1: 50 })]]);
  const named = { column: 'lead.telephone1', columnMax: 50, field: 'phone' };

  it('are told when the side that a value goes to is shorter', () => {
    expect(lengthFindings([phone], tables, fieldOf(255))).toEqual([{ ...named, fieldMax: 255 }]);
    expect(lengthFindings([phone], tables, fieldOf(20))).toEqual([{ ...named, fieldMax: 20 }]);
    expect(lengthFindings([phone], tables, fieldOf(50))).toEqual([]);
    expect(lengthFindings([phone], tables, fieldOf(null))).toEqual([]);
  });

  it('say nothing of a side that no value goes to', () => {
    const [inward, outward] = (['to-marketo', 'to-dynamics'] as const).map((direction) => ({
      ...phone,
      direction,
    }));

    expect(lengthFindings([inward ?? phone], tables, fieldOf(255))).toEqual([]);
    expect(lengthFindings([outward ?? phone], tables, fieldOf(20))).toEqual([]);
  });
});
