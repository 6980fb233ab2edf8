import { tableDefinitions } from '@lockstep/change-events';
import { tableSelection } from './tableSelections.ts';

describe('the selection of columns', () => {
  it('is every column unless some are named', () => {
    expect(tableSelection('account', {})).toEqual({ table: 'account', columns: null });
    expect(tableSelection('new_visit', { new_visit: ['*'] })).toEqual({ table: 'new_visit', columns: null });
  });

  it('is what was named, for a table that nobody else relies on', () => {
    expect(tableSelection('campaign', { campaign: ['name'], team: ['teamtype'] }).columns).toEqual(['name']);
  });

  it.each(['lead', 'contact', 'account'])('keeps the columns of the default mapping of a %s', (table) => {
    const { columns } = tableSelection(table, { [table]: ['description', 'new_shoesize'] });
    const mapped = tableDefinitions[table]?.fields.map(({ name }) => name) ?? [];

    expect(mapped.length).toBeGreaterThan(10);
    expect(columns).toEqual([...mapped, 'new_shoesize']);
  });
});
