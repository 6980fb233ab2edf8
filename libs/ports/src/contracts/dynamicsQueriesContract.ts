import { tableDefinitions, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsRow, DynamicsRows } from '../dynamicsTable.ts';
import type { DynamicsHarness } from './dynamicsHarness.ts';

const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, 'b')}`;
const lead = tableDefinitions['lead'] as TableDefinition;
const never = new AbortController().signal;

/** What every DynamicsReader must do when it reads by ordinary queries (dataverse facts 1.7). */
export function dynamicsQueriesContract(start: () => Promise<DynamicsHarness>): void {
  let harness: DynamicsHarness;
  beforeEach(async () => {
    harness = await start();
  });
  afterEach(() => harness.close());

  const seed = (lastnames: readonly string[]) =>
    harness.human.seed(
      'lead',
      lastnames.map((lastname, index) => ({ id: idOf(index + 1), fields: { lastname } })),
    );
  const names = ({ rows }: DynamicsRows) => rows.map(({ fields }) => fields['lastname']);
  const allWhere = async (filter: string): Promise<DynamicsRow[]> => {
    const rows: DynamicsRow[] = [];
    let position: string | null = null;
    for (let pages = 1; pages <= 20; pages += 1) {
      const page: DynamicsRows = await harness.dynamics.readWhere(lead, { filter, position }, never);
      rows.push(...page.rows);
      position = page.position;
      if (position === null) return rows;
    }
    throw new Error('the query does not end');
  };

  it('reads the rows above a version, oldest first, a page at a time', async () => {
    await seed(['Reed', 'Ito', 'Mori', 'Ames']);
    const before = await harness.dynamics.read('lead', idOf(1));
    await harness.human.edit('lead', idOf(2), { lastname: 'Edited' });

    const first = await harness.dynamics.readSince(lead, before?.version ?? 0, never);
    const second = await harness.dynamics.readSince(lead, first.rows.at(-1)?.version ?? 0, never);

    expect(names(first)).toEqual(['Mori', 'Ames']);
    expect(first.position).not.toBeNull();
    expect(names(second)).toEqual(['Edited']);
    expect(second.rows[0]).toEqual(await harness.dynamics.read('lead', idOf(2)));
  });

  it('finds nothing above the newest version, which it tells', async () => {
    await seed(['Reed', 'Ito', 'Mori']);
    await harness.human.edit('lead', idOf(1), { lastname: 'Edited' });

    const newest = await harness.dynamics.newestVersion(lead, never);

    expect(newest).toBe((await harness.dynamics.read('lead', idOf(1)))?.version);
    expect(await harness.dynamics.readSince(lead, newest, never)).toMatchObject({ rows: [], position: null });
  });

  it('tells 0 as the newest version of an empty table', async () => {
    expect(await harness.dynamics.newestVersion(lead, never)).toBe(0);
  });

  it('reads the rows that a filter selects, over several pages', async () => {
    await seed(['Reed', 'Ito', 'Reed', 'Reed']);

    const rows = await allWhere("lastname eq 'Reed'");

    expect(rows.map(({ id }) => id).sort()).toEqual([idOf(1), idOf(3), idOf(4)]);
    expect(rows[0]).toEqual(await harness.dynamics.read('lead', rows[0]?.id ?? ''));
  });

  it('refuses a filter that is none with QUERY_INVALID, and does not repeat it', async () => {
    const query = { filter: "lastname sounds 'secret'", position: null };
    const error = await harness.dynamics.readWhere(lead, query, never).catch((refusal: unknown) => refusal);

    expect(error).toMatchObject({ code: 'QUERY_INVALID', details: { table: 'lead' } });
    expect(String(error)).not.toContain('secret');
  });
}
