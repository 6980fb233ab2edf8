import { topics, type Checkpoint } from '@lockstep/change-events';
import { assertSameDynamics } from './sameDynamics.ts';

const here = 'https://contoso.crm4.dynamics.com';
const there = 'https://sandbox.crm4.dynamics.com';
const tables = ['lead', 'contact'];

/** What the checkpoints of tables say of where they were read. */
const logOf = (origins: Readonly<Record<string, string | null>>) => ({
  readLatest: (topic: string) =>
    Promise.resolve(
      new Map(
        topic === topics.checkpoints
          ? Object.entries(origins).map(([table, origin]) => [
              `dynamics/${table}`,
              { state: { origin } } as Checkpoint,
            ])
          : [],
      ),
    ),
});

describe('the Dynamics that is read and the one that is written to', () => {
  it.each([
    ['nothing was read yet', {}],
    ['both tables were read there', { lead: here, contact: here }],
    ['a table was read before it was noted where', { lead: null, contact: here }],
    ['a table that is not written was read elsewhere', { lead: here, account: there }],
  ])('may be one where %s', async (_, origins) => {
    await expect(assertSameDynamics(logOf(origins), { origin: here, tables })).resolves.toBeUndefined();
  });

  it('are two where a table was read elsewhere, and both are named', async () => {
    const log = logOf({ lead: here, contact: there });

    await expect(assertSameDynamics(log, { origin: here, tables })).rejects.toMatchObject({
      code: 'DYNAMICS_DIFFERS',
      details: { table: 'contact', read: there, written: here },
    });
  });
});
