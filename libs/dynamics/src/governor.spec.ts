import { setTimeout as wait } from 'node:timers/promises';
import { requestBudgetContract } from '@lockstep/ports';
import { createGovernor, serviceProtectionLimits, type GovernorOptions } from './governor.ts';
import type { DataverseLane } from './governorQueue.ts';
import type { HttpAnswer } from './httpTransport.ts';

const noon = Date.UTC(2026, 2, 1, 12);
const clock = () => performance.timeOrigin + performance.now();
const answer = (status: number, headers: HttpAnswer['headers'] = {}): HttpAnswer => ({
  status,
  headers,
  text: '',
});

function governor(options: Partial<GovernorOptions> = {}) {
  return createGovernor({
    share: 0.5,
    limits: serviceProtectionLimits,
    parallelMax: 8,
    requestsPerDay: null,
    now: clock,
    ...options,
  });
}

/** A server that notes how many requests it works on at once. */
function slowServer(durationMs: number, headers: HttpAnswer['headers'] = {}) {
  const seen = { running: 0, most: 0, served: 0 };

  return {
    seen,
    send: async () => {
      seen.running += 1;
      seen.most = Math.max(seen.most, seen.running);
      await wait(durationMs);
      seen.running -= 1;
      seen.served += 1;

      return answer(200, headers);
    },
  };
}

const many = (count: number, run: () => Promise<unknown>) => Promise.all(Array.from({ length: count }, run));

describe('the governor of requests', () => {
  it('lets no more than its share of the requests leave within a window', async () => {
    const leftMs: number[] = [];
    const limits = { requestsMax: 20, executionMsMax: 60_000, windowMs: 300 };
    const ours = governor({ limits });
    await many(25, () =>
      ours.run({ lane: 'LIVE' }, async () => {
        leftMs.push(performance.now());

        return answer(200);
      }),
    );

    // A little less than the window: a busy machine may stop between the count and the sending.
    const within = leftMs.map((fromMs) => leftMs.filter((ms) => ms >= fromMs && ms < fromMs + 200).length);
    expect(Math.max(...within)).toBeLessThanOrEqual(10);
    expect((leftMs.at(-1) ?? 0) - (leftMs[0] ?? 0)).toBeGreaterThanOrEqual(500);
  });

  it('waits when answers have taken its share of the execution time', async () => {
    const ours = governor({ limits: { requestsMax: 1000, executionMsMax: 100, windowMs: 400 } });
    const startedMs = performance.now();
    const server = slowServer(60);
    await ours.run({ lane: 'LIVE' }, server.send);
    await ours.run({ lane: 'LIVE' }, server.send);

    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(400);
  });

  it('sends more at once while answers are good, up to its cap', async () => {
    const server = slowServer(5);
    const ours = governor();
    await many(4, () => ours.run({ lane: 'LIVE' }, server.send));
    const atFirst = server.seen.most;
    await many(100, () => ours.run({ lane: 'LIVE' }, server.send));

    expect(atFirst).toBe(4);
    expect(server.seen.most).toBe(8);
  });

  it('keeps to the parallelism that the server recommends', async () => {
    const server = slowServer(5, { 'x-ms-dop-hint': '2' });
    const ours = governor();
    await many(30, () => ours.run({ lane: 'LIVE' }, server.send));
    server.seen.most = 0;
    await many(30, () => ours.run({ lane: 'LIVE' }, server.send));

    expect(server.seen.most).toBe(2);
  });

  it('lets nobody’s request leave before the pause that the server asks for is over, and then fewer at once', async () => {
    const ours = governor();
    const startedMs = performance.now();
    await ours.run({ lane: 'LIVE' }, async () => answer(429, { 'retry-after': '0.3' }));
    const server = slowServer(20);
    await many(6, () => ours.run({ lane: 'BACKFILL' }, server.send));

    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(300);
    expect(server.seen.most).toBeLessThanOrEqual(3);
  });

  it('lets live requests go first, and backfill still have a turn', async () => {
    const order: DataverseLane[] = [];
    const ours = governor({ parallelMax: 1 });
    const ask = (lane: DataverseLane) =>
      ours.run({ lane }, async () => {
        order.push(lane);

        return answer(200);
      });
    const first = ours.run({ lane: 'LIVE' }, () => wait(20).then(() => answer(200)));
    const lanes: DataverseLane[] = ['BACKFILL', 'BACKFILL', 'CONTROL'];
    await Promise.all([first, ...lanes.map(ask), ...Array.from({ length: 12 }, () => ask('LIVE'))]);

    expect(order.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 'LIVE'));
    expect(order.indexOf('BACKFILL')).toBe(8);
    expect(order.slice(-2)).toEqual(['CONTROL', 'BACKFILL']);
  });

  it('keeps the last fifth of a day’s budget for live requests, and says until when it waits', async () => {
    const ours = governor({ requestsPerDay: 10, now: () => noon });
    ours.budget.raiseTo({ day: '2026-03-01', used: 8 });
    ours.budget.raiseTo({ day: '2026-03-01', used: 5 });
    const send = async () => answer(200);
    const backfill = ours.run({ lane: 'BACKFILL' }, send);
    await expect(backfill).rejects.toMatchObject({ code: 'DYNAMICS_BUDGET_SPENT' });
    await many(2, () => ours.run({ lane: 'LIVE' }, send));

    await expect(ours.run({ lane: 'LIVE' }, send)).rejects.toMatchObject({
      code: 'DYNAMICS_BUDGET_SPENT',
      details: { until: '2026-03-02T00:00:00Z', retryAfterMs: 12 * 60 * 60 * 1000 },
    });
    expect(ours.budget.report()).toMatchObject({ day: '2026-03-01', used: 10, budget: 10 });
  });

  it('starts the budget anew with the UTC day, and forgets what was used on another', async () => {
    let nowMs = noon;
    const ours = governor({ requestsPerDay: 10, now: () => nowMs });
    ours.budget.raiseTo({ day: '2026-03-01', used: 10 });
    nowMs += 12 * 60 * 60 * 1000;
    await ours.run({ lane: 'BACKFILL' }, async () => answer(200));
    ours.budget.raiseTo({ day: '2026-03-01', used: 10 });

    expect(ours.budget.report()).toMatchObject({ day: '2026-03-02', used: 1 });
  });

  it('forecasts when the budget is spent at the present rate', async () => {
    let nowMs = noon;
    const ours = governor({ requestsPerDay: 100, now: () => nowMs });
    for (let minute = 0; minute <= 50; minute += 1) {
      await ours.run({ lane: 'LIVE' }, async () => answer(200));
      nowMs += 60_000;
    }

    expect(ours.budget.report()).toMatchObject({ used: 51, budget: 100 });
    expect(ours.budget.report().forecastAt).toMatch(/^2026-03-01T13:[34]\d:/);
  });

  it('forecasts nothing for a budget that lasts, or that is not there', async () => {
    for (const requestsPerDay of [100_000, null]) {
      const ours = governor({ requestsPerDay, now: () => noon });
      expect(ours.budget.report()).toMatchObject({ used: 0, forecastAt: null });
      await many(3, () => ours.run({ lane: 'LIVE' }, async () => answer(200)));

      expect(ours.budget.report()).toMatchObject({ used: 3, forecastAt: null });
    }
  });

  it('lets go of a request that is stopped while it waits', async () => {
    const ours = governor();
    await ours.run({ lane: 'LIVE' }, async () => answer(429, { 'retry-after': '30' }));
    const stop = new AbortController();
    const request = ours.run({ lane: 'LIVE', signal: stop.signal }, async () => answer(200));
    stop.abort();

    await expect(request).rejects.toMatchObject({ details: { reason: 'stopped' } });
    ours.close();
  });

  it('turns away what still waits when it is closed', async () => {
    const ours = governor();
    await ours.run({ lane: 'LIVE' }, async () => answer(429, { 'retry-after': '30' }));
    const request = ours.run({ lane: 'LIVE' }, async () => answer(200));
    ours.close();

    await expect(request).rejects.toMatchObject({ code: 'DYNAMICS_UNREACHABLE' });
  });
});

requestBudgetContract('the governor', () => {
  const ours = governor({ requestsPerDay: 100 });

  return {
    budget: ours.budget,
    use: async (requests) =>
      void (await many(requests, () => ours.run({ lane: 'LIVE' }, async () => answer(200)))),
  };
});
