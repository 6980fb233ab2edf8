import { randomUUID } from 'node:crypto';
import { generateRows } from '../core/generateRows.ts';
import { createOrganizationState } from '../core/createOrganizationState.ts';
import { humanActor } from '../core/users.ts';
import { standardTables } from '../tables/standardTables.ts';
import { startClient, type OrganizationClient } from './organizationClient.ts';

const clients: OrganizationClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

async function organization(): Promise<OrganizationClient> {
  const client = await startClient({ now: () => Date.UTC(2026, 10, 22) });
  clients.push(client);
  return client;
}

async function generated(client: OrganizationClient, seed: number): Promise<Record<string, unknown>[]> {
  await client.control('generate', { table: 'lead', count: 600, seed });
  return (await client.call('leads')).body.value.map(
    ({ '@odata.etag': _tag, versionnumber: _v, ...row }) => row,
  );
}

function filled(row: Record<string, unknown>): number {
  return Object.values(row).filter((value) => value !== null).length;
}

describe('generated rows', () => {
  it('are the same for the same seed, and others for another', async () => {
    const [first, second, third] = [
      await generated(await organization(), 7),
      await generated(await organization(), 7),
      await generated(await organization(), 8),
    ];
    expect(second).toEqual(first);
    expect(third?.[5]?.['leadid']).not.toBe(first?.[5]?.['leadid']);
  });

  it('look like rows that somebody wrote: filled, complete, valid and logged', async () => {
    const client = await organization();
    const rows = await generated(client, 1);
    expect(new Set(rows.map((row) => row['leadid'])).size).toBe(600);
    const row = rows[599] ?? {};
    expect(filled(row)).toBeGreaterThanOrEqual(25);
    expect(row['fullname']).toBe(`${String(row['firstname'])} ${String(row['lastname'])}`);
    expect(row['revenue_base']).toBe(row['revenue']);
    expect(await client.control('states')).toMatchObject({ last: expect.any(Number) as number });
    const { states } = (await client.control('states?limit=5000')) as {
      states: { table: string }[];
    };
    expect(states.filter(({ table }) => table === 'lead')).toHaveLength(600);
    const shown = await client.control('rows/lead?skip=590&limit=100');
    expect(shown['rows']).toHaveLength(10);
    const { leadid, firstname } = row;
    const patch = { method: 'PATCH', body: { firstname } };
    expect((await client.call(`leads(${String(leadid)})`, patch)).status).toBe(204);
  });

  it('take less than a kilobyte each, and their states in the log nothing more', async () => {
    const identity = { tenantId: 't', clientId: 'c', clientSecret: 's' };
    const now = (): number => Date.UTC(2026, 10, 22);
    const state = createOrganizationState({ identity, tables: standardTables, now, newId: randomUUID });
    const lead = state.tables.get('lead');
    if (!lead) throw new Error('there is no table lead');
    await generateRows(state, { table: lead, count: 1000, seed: 1, actor: humanActor(state) });
    const states = state.states.after(0, 5000).filter(({ entry }) => entry.table === 'lead');
    const sizes = states.map(({ entry }) => entry.stored.after?.text.length ?? 0);
    expect(sizes).toHaveLength(1000);
    expect(Math.max(...sizes)).toBeLessThan(1024);
  });

  it('are refused when the seed was used before', async () => {
    const client = await organization();
    await generated(client, 1);
    await expect(client.control('generate', { table: 'lead', count: 1, seed: 1 })).rejects.toThrow('412');
  });
});
