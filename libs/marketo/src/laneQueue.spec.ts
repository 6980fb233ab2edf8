import type { CallLane } from '@lockstep/ports';
import { createLaneQueue } from './laneQueue.ts';

function taken(counts: Partial<Record<CallLane, number>>, takes: number): CallLane[] {
  const queue = createLaneQueue<CallLane>();
  for (const [lane, count] of Object.entries(counts) as [CallLane, number][])
    for (let at = 0; at < count; at += 1) queue.add(lane, lane);

  return Array.from({ length: takes }, () => queue.take(false)).filter((lane) => lane !== undefined);
}

const share = (lanes: readonly CallLane[], lane: CallLane): number =>
  lanes.filter((other) => other === lane).length;

describe('the queue of calls', () => {
  it('takes the most urgent lane first, whatever came before', () => {
    const queue = createLaneQueue<CallLane>();
    for (const lane of ['AUDIT', 'BACKFILL', 'FRESH', 'REQUEST'] as const) queue.add(lane, lane);

    expect([1, 2, 3, 4].map(() => queue.take(false))).toEqual(['REQUEST', 'FRESH', 'BACKFILL', 'AUDIT']);
  });

  it('keeps the order within a lane', () => {
    const queue = createLaneQueue<number>();
    for (const item of [1, 2, 3]) queue.add('FRESH', item);

    expect([queue.take(false), queue.take(false), queue.take(false), queue.take(false)]).toEqual([
      1,
      2,
      3,
      undefined,
    ]);
  });

  it('gives backfill one call in ten while fresh calls never end', () => {
    expect(share(taken({ FRESH: 500, BACKFILL: 100 }, 200), 'BACKFILL')).toBe(20);
  });

  it('gives audits one call in fifty while the others never end', () => {
    const lanes = taken({ REQUEST: 500, FRESH: 500, BACKFILL: 500, AUDIT: 500 }, 500);

    expect(share(lanes, 'AUDIT')).toBe(10);
    expect(share(lanes, 'BACKFILL')).toBeGreaterThanOrEqual(48);
  });

  it('lets only urgent lanes pass while the others rest', () => {
    const queue = createLaneQueue<CallLane>();
    for (const lane of ['BACKFILL', 'FRESH'] as const) queue.add(lane, lane);

    expect([queue.has(true), queue.take(true)]).toEqual([true, 'FRESH']);
    expect([queue.has(true), queue.take(true)]).toEqual([false, undefined]);
    expect(queue.take(false)).toBe('BACKFILL');
  });

  it('gives backfill its share also while it rests', () => {
    const queue = createLaneQueue<CallLane>();
    queue.add('BACKFILL', 'BACKFILL');
    for (let at = 0; at < 20; at += 1) queue.add('FRESH', 'FRESH');

    const lanes = Array.from({ length: 10 }, () => queue.take(true));

    expect(lanes[9]).toBe('BACKFILL');
  });

  it('does not save up shares for a lane that had nothing to send', () => {
    const queue = createLaneQueue<CallLane>();
    for (let at = 0; at < 100; at += 1) queue.add('FRESH', 'FRESH');
    for (let at = 0; at < 50; at += 1) queue.take(false);
    queue.add('BACKFILL', 'BACKFILL');

    expect(queue.take(false)).toBe('FRESH');
  });

  it('counts what waits', () => {
    const queue = createLaneQueue<number>();
    queue.add('FRESH', 1);
    queue.add('AUDIT', 2);
    queue.take(false);

    expect(queue.size).toBe(1);
  });
});
