import { tableDefinitions, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsCatalog } from '../dynamicsCatalog.ts';

/** A Dynamics with the default tables and columns. */
export type DynamicsCatalogHarness = {
  readonly catalog: DynamicsCatalog;
  close(): Promise<void>;
};

const lead = tableDefinitions['lead'] as TableDefinition;
const never = new AbortController().signal;

/** What every DynamicsCatalog must do (dataverse facts 2). */
export function dynamicsCatalogContract(start: () => Promise<DynamicsCatalogHarness>): void {
  let harness: DynamicsCatalogHarness;
  beforeEach(async () => {
    harness = await start();
  });
  afterEach(() => harness.close());

  const describeLead = (columns: readonly string[] | null) =>
    harness.catalog.describe({ table: 'lead', columns }, never);

  it('describes the chosen columns with the types in which they travel', async () => {
    const { definition, excluded, secured } = await describeLead(lead.fields.map(({ name }) => name));

    expect(definition).toMatchObject({ table: 'lead', entitySet: 'leads', primaryKey: 'leadid' });
    expect(definition.fields.map(({ name, type }) => ({ name, type }))).toEqual(lead.fields);
    expect({ excluded, secured }).toEqual({ excluded: [], secured: [] });
  });

  it('describes every column when none is chosen', async () => {
    const { definition } = await describeLead(null);

    const names = definition.fields.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(lead.fields.map(({ name }) => name)));
    expect(names).not.toContain('leadid');
  });

  it('names a chosen column that the table does not have', async () => {
    const { definition, excluded } = await describeLead(['lastname', 'parrot']);

    expect(definition.fields.map(({ name }) => name)).toEqual(['lastname']);
    expect(excluded).toEqual([{ column: 'parrot', reason: 'MISSING' }]);
  });

  it('refuses a table that does not exist with DYNAMICS_TABLE_UNKNOWN', async () => {
    await expect(harness.catalog.describe({ table: 'parrot', columns: null }, never)).rejects.toMatchObject({
      code: 'DYNAMICS_TABLE_UNKNOWN',
      details: { table: 'parrot' },
    });
  });
}
