import { topics, type Notice } from '@lockstep/change-events';
import { inMemoryEventLog } from '@lockstep/ports';
import { deliverAll, eventsOf, exampleClock, exampleId, put, step } from '../pipelineFixtures.ts';
import { backfillGroup } from './deliverLanes.ts';
import { openDeliveryBacklog, type BacklogReport } from './deliveryBacklog.ts';

async function setting(commands: number) {
  const log = inMemoryEventLog();
  const clock = exampleClock();
  const reports: BacklogReport[] = [];
  let answered = 0;
  const handler = async () => ({ messages: [] });
  log.subscribe({ group: backfillGroup, topics: [topics.writesBackfill], batchSizeMax: 100 }, handler);
  const ids = Array.from({ length: commands }, (_, n) => exampleId(n));
  await put(log, ...ids.map((key) => ({ topic: topics.writesBackfill, key, value: {} })));
  const backlog = await openDeliveryBacklog({
    ...{ log, clock, answered: () => answered },
    onReport: (report) => reports.push(report),
  });
  const told = (code: string) => eventsOf<Notice>(log, topics.notices).filter((sent) => sent.code === code);
  const answer = (count: number): void => void (answered += count);

  return { log, clock, backlog, reports, told, answer };
}

describe('the backlog of a backfill', () => {
  it('is told with what is left and the time that takes', async () => {
    const { backlog, clock, reports, told, answer } = await setting(1_000);
    await step(backlog);
    answer(500);
    clock.advance(60_000);
    await step(backlog);

    expect(reports[0]).toEqual({ left: 1_000, perSecond: null, secondsLeft: null });
    expect(reports[1]).toEqual({
      left: 1_000,
      perSecond: 500 / 60,
      secondsLeft: expect.closeTo(120) as number,
    });
    expect(told('DELIVERY_PROGRESS').map(({ counts }) => counts)).toEqual([
      { left: 1_000, answered: 0, seconds: 0 },
      { left: 1_000, answered: 500, seconds: 60, secondsLeft: 120 },
    ]);
  });

  it('is told once a minute, however often it is looked at', async () => {
    const { backlog, clock, told } = await setting(1_000);
    for (let look = 0; look < 13; look += 1) {
      await step(backlog);
      clock.advance(10_000);
    }

    expect(told('DELIVERY_PROGRESS')).toHaveLength(3);
  });

  it('ends with what was answered and how long it took, once', async () => {
    const { backlog, clock, log, told, answer } = await setting(1_000);
    await step(backlog);
    await deliverAll(log, backfillGroup);
    answer(1_000);
    clock.advance(90_000);
    await step(backlog);
    await step(backlog);

    expect(told('DELIVERY_COMPLETED').map(({ counts }) => counts)).toEqual([
      { left: 0, secondsLeft: 0, answered: 1_000, seconds: 90 },
    ]);
  });

  it('of no more than a call is not worth telling', async () => {
    const { backlog, log, told, reports } = await setting(300);
    await step(backlog);
    await deliverAll(log, backfillGroup);
    await step(backlog);

    expect(reports.map(({ left }) => left)).toEqual([300, 0]);
    expect([...told('DELIVERY_PROGRESS'), ...told('DELIVERY_COMPLETED')]).toEqual([]);
  });
});
