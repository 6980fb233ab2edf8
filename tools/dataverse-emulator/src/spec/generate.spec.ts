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
    const { states } = (await client.control('states?limit=5000')) as unknown as {
      states: { table: string }[];
    };
    expect(states.filter(({ table }) => table === 'lead')).toHaveLength(600);
    const { leadid, firstname } = row;
    const patch = { method: 'PATCH', body: { firstname } };
    expect((await client.call(`leads(${String(leadid)})`, patch)).status).toBe(204);
  });

  it('are refused when the seed was used before', async () => {
    const client = await organization();
    await generated(client, 1);
    await expect(client.control('generate', { table: 'lead', count: 1, seed: 1 })).rejects.toThrow('412');
  });
});
