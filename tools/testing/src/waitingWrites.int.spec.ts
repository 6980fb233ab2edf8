import { askOperator, operatorToken, untilHolds } from './operatorClient.ts';
import { makeRows, toSeed } from './seedPeople.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 60_000;
const leads = makeRows('lead', 2);
let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({
    seed: { leads: toSeed(leads) },
    settings: { API_TOKEN: operatorToken },
  });
  await lockstep.waitUntilInSync({ timeoutMs });
}, 2 * timeoutMs);
afterAll(() => lockstep.close());

type Waiting = { readonly operation: string; readonly writes: number; readonly since: string };

const waiting = async (): Promise<readonly Waiting[]> => {
  const { waiting: counts } = await askOperator(lockstep.processes.reconciler, '/v1/status');
  return counts as readonly Waiting[];
};
const metricsOf = async (service: 'reconciler' | 'marketing' = 'reconciler'): Promise<string> =>
  (await fetch(`${lockstep.processes[service].url}/metrics`)).text();
const writesOf = (counts: readonly Waiting[], operation: string) =>
  counts.find((count) => count.operation === operation)?.writes;

/** How much is counted of a topic in a group, by partition. */
function handledIn(metrics: string, group: string, topic: string): readonly number[] {
  const series = new RegExp(
    `^messages_handled_total\\{group="${group}",topic="${topic}",partition="\\d".*\\} (\\d+)$`,
    'gm',
  );

  return [...metrics.matchAll(series)].map(([, count]) => Number(count));
}

it('counts what each group has handled, by topic and partition', async () => {
  const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
  const [reconciler, marketing] = [await metricsOf(), await metricsOf('marketing')];

  const routed = handledIn(reconciler, 'lockstep.router', 'dynamics.lead.changes');
  const decided = handledIn(reconciler, 'lockstep.reconcile.backfill', 'lockstep.inbox.backfill');
  const delivered = handledIn(marketing, 'lockstep.deliver.backfill', 'marketing.writes.backfill');
  expect(sum(routed)).toBe(leads.length);
  for (const counts of [decided, delivered]) expect(sum(counts)).toBeGreaterThanOrEqual(leads.length);
});

it(
  'counts what waits for Marketo, creations and updates apart, with the age of the oldest, until it is written',
  async () => {
    const { dynamics, processes, services } = lockstep;
    expect(await waiting()).toEqual([]);
    await processes.marketing.stop();
    const startedAt = new Date().toISOString();
    for (const { id } of leads) await dynamics.editRow('lead', id, { address1_city: 'Riverton' });
    const made = [{ lastname: 'One' }, { lastname: 'Two' }, { lastname: 'Three' }];
    await dynamics.createRows('lead', made);

    const counts = await untilHolds(
      waiting,
      (found) => writesOf(found, 'CREATE') === 3 && writesOf(found, 'UPDATE') === 2,
      timeoutMs,
    );
    expect(counts).toEqual(
      ['CREATE', 'UPDATE'].map((operation) =>
        expect.objectContaining({ side: 'marketo', entity: 'person', operation }),
      ),
    );
    const metrics = await untilHolds(metricsOf, (text) => text.includes('operation="CREATE"'), timeoutMs);
    expect(metrics).toMatch(/^writes_waiting\{system="marketo",entity="person",operation="UPDATE",.*\} 2$/m);
    expect(metrics).toMatch(/^writes_waiting_oldest_seconds\{.*operation="CREATE",.*\} [\d.]+$/m);
    for (const { since } of counts)
      expect(since >= startedAt && since <= new Date().toISOString()).toBe(true);

    await services.start('marketing');
    await untilHolds(waiting, (found) => found.length === 0, timeoutMs);
    expect(await lockstep.marketo.persons()).toHaveLength(5);
  },
  3 * timeoutMs,
);
