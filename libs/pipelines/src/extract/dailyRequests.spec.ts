import { topics, type Notice } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryRequestBudget, type RequestBudget } from '@lockstep/ports';
import { checkpointOf, eventsOf, exampleClock, exampleLease } from '../pipelineFixtures.ts';
import { openDailyRequests } from './dailyRequests.ts';

const day = '2026-03-01';

const exampleBudget = (forecastAt: string | null = null) =>
  inMemoryRequestBudget({ day, budget: 1000, forecastAt });

function setting() {
  const log = inMemoryEventLog();
  const lease = exampleLease();
  const clock = exampleClock();
  const open = (budget: RequestBudget) => openDailyRequests({ group: 'main', budget, log, lease, clock });
  const told = (code: string) => eventsOf<Notice>(log, topics.notices).filter((sent) => sent.code === code);

  return { log, lease, open, told };
}

const signal = new AbortController().signal;

describe('the count of a day’s requests', () => {
  it('goes on after a restart', async () => {
    const { open, log } = setting();
    const former = exampleBudget();
    former.set({ used: 40 });
    await (await open(former)).step(signal);
    const present = exampleBudget();
    await open(present);

    expect(present.report().used).toBe(40);
    expect(await checkpointOf(log, 'requests/main')).toMatchObject({ rowsDone: 40, rowsTotal: 1000 });
  });

  it('is saved only when it has changed, and never without the lease', async () => {
    const { open, log, lease } = setting();
    const budget = exampleBudget();
    const counter = await open(budget);
    for (const used of [1, 1, 2]) {
      budget.set({ used });
      await counter.step(signal);
    }
    lease.lose();

    expect(eventsOf(log, topics.checkpoints)).toHaveLength(2);
    await expect(counter.step(signal)).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('warns once a day when it will not suffice, and once when it is spent', async () => {
    const { open, told } = setting();
    const budget = exampleBudget(`${day}T20:00:00Z`);
    const counter = await open(budget);
    for (const used of [500, 600, 1000, 1001]) {
      budget.set({ used });
      await counter.step(signal);
    }
    budget.set({ day: '2026-03-02', used: 700 });
    await counter.step(signal);

    expect(told('REQUESTS_RUN_SHORT').map(({ counts, facts }) => ({ ...counts, ...facts }))).toEqual([
      { used: 500, budget: 1000, spentAt: `${day}T20:00:00Z` },
      { used: 700, budget: 1000, spentAt: `${day}T20:00:00Z` },
    ]);
    expect(told('REQUESTS_SPENT').map(({ counts }) => counts)).toEqual([{ used: 1000, budget: 1000 }]);
  });

  it('warns nobody twice over a restart', async () => {
    const { open, told } = setting();
    for (const used of [500, 600]) {
      const budget = exampleBudget(`${day}T20:00:00Z`);
      budget.set({ used });
      await (await open(budget)).step(signal);
    }

    expect(told('REQUESTS_RUN_SHORT')).toHaveLength(1);
  });
});
