import { SyncError, topics, type Notice } from '@lockstep/change-events';
import { inMemoryCallBudget, inMemoryCallStore, inMemoryEventLog, type CallReport } from '@lockstep/ports';
import { eventsOf, exampleClock, exampleLease, step } from '../pipelineFixtures.ts';
import { openDailyCalls } from './dailyCalls.ts';

const day = '2026-11-22';
const endsAt = '2026-11-23T06:00:00Z';
const minuteMs = 60_000;

function setting(given: Partial<CallReport> = {}) {
  const log = inMemoryEventLog();
  const lease = exampleLease();
  const clock = exampleClock();
  const store = inMemoryCallStore();
  const budget = inMemoryCallBudget({ day, budget: 1000, endsAt, ...given });
  const forecasts: (string | null)[] = [];
  const open = (other = budget) =>
    openDailyCalls({
      ...{ budget: other, store, log, lease, clock },
      onReport: (_, forecastAt) => forecasts.push(forecastAt),
    });
  const told = (code: string) => eventsOf<Notice>(log, topics.notices).filter((sent) => sent.code === code);

  return { log, lease, clock, store, budget, open, told, forecasts };
}

describe('the count of a day’s calls', () => {
  it('goes on by lane after a restart', async () => {
    const { open, budget, store } = setting();
    budget.set({ used: 40, byLane: { REQUEST: 1, FRESH: 30, BACKFILL: 9, AUDIT: 0 } });
    await step(await open());
    const next = inMemoryCallBudget({ day, budget: 1000, endsAt });

    await open(next);

    expect(next.report()).toMatchObject({ used: 40, byLane: { FRESH: 30, BACKFILL: 9 } });
    expect(await store.load(day)).toMatchObject({ used: 40, told: [] });
  });

  it('asks Marketo for its own count at the start and every quarter of an hour, and takes the higher one', async () => {
    const { open, budget, clock } = setting({ used: 5 });
    let asked = 0;
    budget.hooks.beforeCount = () => void (asked += 1);
    budget.countedByMarketo = 300;
    const counter = await open();

    for (let minute = 0; minute < 16; minute += 1) {
      await step(counter);
      clock.advance(minuteMs);
    }

    expect(asked).toBe(2);
    expect(budget.report().used).toBe(300);
  });

  it('is saved while Marketo does not answer, and never without the lease', async () => {
    const { open, budget, store, lease } = setting({ used: 7 });
    budget.hooks.beforeCount = () => {
      throw new SyncError('MARKETO_UNREACHABLE');
    };
    const counter = await open();

    await expect(step(counter)).rejects.toMatchObject({ code: 'MARKETO_UNREACHABLE' });
    expect(await store.load(day)).toMatchObject({ used: 7 });

    lease.lose();
    budget.set({ used: 8 });
    await expect(step(counter)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await store.load(day)).toMatchObject({ used: 7 });
  });

  it('says once a day when the calls will be spent at the rate of the last hour', async () => {
    const { open, budget, clock, told, forecasts } = setting();
    const counter = await open();
    for (let minute = 0; minute <= 10; minute += 1) {
      budget.set({ used: minute * 10 });
      await step(counter);
      clock.advance(minuteMs);
    }

    // 10 a minute: the 900 that are left at 10:10 are spent at 11:40.
    expect(forecasts.at(-1)).toBe('2026-11-22T11:40:00Z');
    expect(told('CALLS_RUN_SHORT')).toHaveLength(1);
    expect(told('CALLS_RUN_SHORT')[0]?.facts).toMatchObject({ endsAt, spentAt: '2026-11-22T11:40:00Z' });
  });

  it('says nothing of a rate that the day can bear', async () => {
    const { open, budget, clock, forecasts, told } = setting({ budget: 50_000 });
    const counter = await open();
    for (let minute = 0; minute <= 10; minute += 1) {
      budget.set({ used: minute * 10 });
      await step(counter);
      clock.advance(minuteMs);
    }

    expect([forecasts.at(-1), told('CALLS_RUN_SHORT')]).toEqual([null, []]);
  });

  it('says once a day that they are spent and until when all waits, also over a restart', async () => {
    const { open, budget, told } = setting({ used: 1000 });
    await step(await open());
    await step(await open());
    budget.set({ day: '2026-11-23', used: 1001, endsAt: '2026-11-24T06:00:00Z' });
    await step(await open());

    expect(told('CALLS_SPENT').map(({ facts }) => facts)).toEqual([
      { endsAt },
      { endsAt: '2026-11-24T06:00:00Z' },
    ]);
  });
});
