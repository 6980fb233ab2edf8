import { tableDefinitions, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsCatalog } from '../dynamicsCatalog.ts';

/** What an administrator does in Dynamics while the port is used. */
export type DynamicsAdministrator = {
  /** Puts the column under column security and lets our user read it, or not. */
  secure(table: string, column: string, canRead: boolean): Promise<void>;
  addColumn(table: string, column: string): Promise<void>;
};

/** A Dynamics with the default tables and columns. */
export type DynamicsCatalogHarness = {
  readonly catalog: DynamicsCatalog;
  readonly administrator: DynamicsAdministrator;
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

  it('leaves out a column that column security hides from us, and lists one that it shows', async () => {
    await harness.administrator.secure('lead', 'telephone1', false);
    await harness.administrator.secure('lead', 'jobtitle', true);

    const { definition, excluded, secured } = await describeLead(['lastname', 'jobtitle', 'telephone1']);

    expect(definition.fields.map(({ name }) => name)).toEqual(['lastname', 'jobtitle']);
    expect(excluded).toEqual([{ column: 'telephone1', reason: 'UNREADABLE' }]);
    expect(secured).toEqual(['jobtitle']);
  });

  it('shows a new column, and another version of the metadata', async () => {
    const before = await describeLead(null);
    await harness.administrator.addColumn('lead', 'new_shoesize');

    const after = await describeLead(null);

    expect(before.definition.fields.map(({ name }) => name)).not.toContain('new_shoesize');
    expect(after.definition.fields.map(({ name }) => name)).toContain('new_shoesize');
    expect(after.metadataVersion).not.toBe(before.metadataVersion);
  });

  it('refuses a table that does not exist with DYNAMICS_TABLE_UNKNOWN', async () => {
    await expect(harness.catalog.describe({ table: 'parrot', columns: null }, never)).rejects.toMatchObject({
      code: 'DYNAMICS_TABLE_UNKNOWN',
      details: { table: 'parrot' },
    });
  });
}
