import type { DeliveryResult, InboxMessage } from '@lockstep/change-events';
import { inMemoryOutcomeCounts } from '@lockstep/ports';
import { exampleCommand } from '../pipelineFixtures.ts';
import { outcomeOf } from '../deliver/deliveryOutcome.ts';
import { createOutcomeMeter, endedIn, outcomeWindows, type Ended } from './outcomeMeter.ts';

const hourMs = 3_600_000;
const startMs = 1_800_000_000_000;
const updated: Ended = { system: 'marketo', entity: 'person', isDone: true };

describe('what a message tells about a write', () => {
  const outcome = (result: DeliveryResult): InboxMessage => ({
    ...{ kind: 'outcome', goldenId: 'g1' },
    outcome: outcomeOf(exampleCommand(), { result }, 0),
  });

  it.each<[DeliveryResult, Ended | null]>([
    ['UPDATED', { ...updated, entity: 'account' }],
    ['REFUSED', { ...updated, entity: 'account', isDone: false }],
    ['SUPERSEDED', null],
    ['RETRY', null],
    ['READ', null],
  ])('of %s is %j', (result, ended) => {
    expect(endedIn(outcome(result), 'account')).toEqual(ended);
  });

  it('is of Dynamics where it answers a write there, of a person unless its record is another one', () => {
    const written = { entryId: 'e1', result: 'REFUSED', code: null, field: null, detail: null } as const;

    expect(endedIn({ kind: 'refusal', goldenId: 'g1', written }, null)).toEqual({
      ...{ system: 'dynamics', entity: 'person', isDone: false },
    });
  });
});

describe('a window of what ended', () => {
  it('rolls: it holds what ended within it, whatever the clock on the wall says', async () => {
    const store = inMemoryOutcomeCounts();
    const now = { nowMs: startMs + hourMs / 2 };
    const meter = createOutcomeMeter(store, { now: () => now.nowMs });
    meter.note([updated, { ...updated, isDone: false }]);
    await meter.tell();
    now.nowMs += hourMs / 2;
    meter.note([updated]);
    await meter.tell();

    const person = { system: 'marketo', entity: 'person' };
    expect(await outcomeWindows(store, now.nowMs)).toEqual({
      lastHour: [{ ...person, done: 2, refused: 1 }],
      last24Hours: [{ ...person, done: 2, refused: 1 }],
    });
    expect(await outcomeWindows(store, now.nowMs + hourMs * 0.75)).toEqual({
      lastHour: [{ ...person, done: 1, refused: 0 }],
      last24Hours: [{ ...person, done: 2, refused: 1 }],
    });
  });

  it('gets what the store did not take the next time, once', async () => {
    const store = inMemoryOutcomeCounts();
    let isAway = true;
    const add: typeof store.add = (atMs, counts) =>
      isAway ? Promise.reject(new Error('away')) : store.add(atMs, counts);
    const meter = createOutcomeMeter({ ...store, add }, { now: () => startMs });
    meter.note([updated]);
    await expect(meter.tell()).rejects.toThrow('away');
    isAway = false;
    await meter.tell();
    await meter.tell();

    expect(await store.totals(startMs)).toEqual([
      { ...{ system: 'marketo', entity: 'person' }, done: 1, refused: 0 },
    ]);
  });
});
