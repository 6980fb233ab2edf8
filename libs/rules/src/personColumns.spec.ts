import {
  personFields,
  tableDefinitions,
  type FieldDefinition,
  type TableDefinition,
} from '@lockstep/change-events';
import { defaultMapping, type MappingRow } from '@lockstep/reconciliation';
import { describedRows, marketoFields, mappedTable } from './personColumns.ts';

const colour: MappingRow = {
  ...{ field: 'colour', type: 'string', direction: 'both', marketo: 'colour' },
  columns: { lead: 'new_colour', contact: 'new_tint' },
};
const mapping = [...defaultMapping, colour];
const withColumns = (...names: readonly string[]): Record<string, TableDefinition> => ({
  lead: mappedTable('lead', names.includes('lead') ? mapping : []),
  contact: mappedTable('contact', names.includes('contact') ? mapping : []),
});
const text = (name: string): FieldDefinition => ({ name, type: 'string' });
const colourIn = (rows: readonly MappingRow[]) => rows.find(({ field }) => field === 'colour');

describe('columns of the mapping', () => {
  it('are asked back beside those of the default mapping', () => {
    expect(mappedTable('contact', mapping).fields).toEqual([
      ...(tableDefinitions['contact']?.fields ?? []),
      { name: 'new_tint', type: 'string' },
    ]);
  });

  it('are left alone until Dynamics is known to have them', () => {
    expect(colourIn(describedRows(mapping, withColumns()))).toBeUndefined();
    expect(colourIn(describedRows(mapping, withColumns('lead')))?.columns).toEqual({ lead: 'new_colour' });
    expect(describedRows(mapping, withColumns('lead', 'contact'))).toEqual(mapping);
  });
});

describe('fields of the mapping', () => {
  const namesAfter = (mapping: readonly MappingRow[], rules = {}): readonly FieldDefinition[] =>
    marketoFields({ mapping, ...rules }).slice(personFields.length);

  it('are read in Marketo beside those of the default mapping, each by its type', () => {
    const score: MappingRow = { ...colour, field: 'score', type: 'integer', marketo: 'score' };
    const day: MappingRow = { ...colour, field: 'day', type: 'date', marketo: 'day' };

    expect(marketoFields({ mapping })).toEqual(expect.arrayContaining([...personFields]));
    expect(namesAfter([...mapping, score, day]).slice(0, 3)).toEqual([
      { name: 'colour', type: 'string' },
      { name: 'score', type: 'number' },
      { name: 'day', type: 'date' },
    ]);
  });

  it('are read of persons where they are those of their company too, as the file has them', () => {
    const tier: MappingRow = { ...colour, columns: { account: 'new_tier' }, marketo: 'tier' };

    expect(namesAfter(defaultMapping)).toEqual([
      ...['billingStreet', 'billingCity', 'billingCountry', 'billingPostalCode', 'mainPhone'].map(text),
      ...['mktoCompanyNotes', 'industry', 'sicCode', 'website'].map(text),
      { name: 'numberOfEmployees', type: 'number' },
    ]);
    expect(namesAfter(defaultMapping, { entityMappings: { account: [tier] } })).toEqual([text('tier')]);
  });
});
