import {
  topics,
  type Control,
  type GoldenEvent,
  type InboxMessage,
  type Notice,
  type WriteCommand,
} from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryStores, type LogPoint } from '@lockstep/ports';
import { defaultMapping, nativePolicy } from '@lockstep/reconciliation';
import { createDirections, targetOf } from '../operate/directions.ts';
import { deliverAll, eventsOf, exampleClock, exampleEvent, exampleId, put } from '../pipelineFixtures.ts';
import { createReconciler } from '../reconcileChanges.ts';
import type { OwnedWrite } from './reconcileOutput.ts';
import { createWriteBrake, defaultWriteLimits, exceeded, type WriteLimits } from './writeBrake.ts';

const people = Array.from({ length: 20 }, (_, at) => exampleId(at + 1));
const few: WriteLimits = { ...defaultWriteLimits, blanked: { fewMax: 2, shareMax: 0.2, numberMax: 100 } };
const batchSizeMax = 1;

type Faults = { at: LogPoint | null };

/** Twenty leads that both sides hold, and two reconcilers that share what is counted. */
async function createLinked(limits = few, policy = nativePolicy) {
  const faults: Faults = { at: null };
  const stores = inMemoryStores();
  const clock = exampleClock();
  const log = inMemoryEventLog({
    atPoint(point) {
      if (point !== faults.at) return;
      faults.at = null;
      throw new Error('the batch fails');
    },
  });
  const writes: OwnedWrite[] = [];
  const start = (inbox: string) => {
    const directions = createDirections(new Set());
    const brake = createWriteBrake({ ...stores, counts: stores.writeCounts, clock, directions, limits });
    const rules = { mapping: defaultMapping, policy, withheld: directions.withheld, brake };
    const writeDynamics = async (planned: readonly OwnedWrite[]) => void writes.push(...planned);
    const reconciler = createReconciler({ ...stores, clock, ...rules, writeDynamics });
    log.subscribe({ group: inbox, topics: [inbox], batchSizeMax }, reconciler);
    return directions;
  };
  const live = start(topics.inbox);
  const backfill = start(topics.inboxBackfill);
  const send = async (messages: readonly InboxMessage[], topic: string = topics.inbox) => {
    await put(log, ...messages.map((value) => ({ topic, key: value.goldenId, value })));
    await deliverAll(log, topic);
  };
  await send(people.flatMap((id, at) => [lead(id, 1, { telephone1: '1' }), person(id, at)]));
  await stores.syncState.markFirstReadsComplete();
  /** Both hear the commands, as from the topic. */
  const hear = (controls: readonly Control[]) =>
    controls.forEach((control) => [live, backfill].forEach((directions) => directions.obey(control)));
  const clears = () =>
    writes.filter(({ entry }) => 'columns' in entry && entry.columns['telephone1'] === null);

  return { stores, clock, log, live, backfill, send, hear, clears, faults, writes };
}

function lead(id: string, version: number, fields: object): InboxMessage {
  const event = exampleEvent({
    ...{ recordId: id, version: { epoch: 1, number: version } },
    fields: { firstname: 'Ann', lastname: id, emailaddress1: `${id}@example.com`, ...fields },
  });
  return { kind: 'event', goldenId: id, system: 'dynamics', table: 'lead', event, written: null };
}

function person(id: string, at: number, phone: string | null = '1', call = 1): InboxMessage {
  const event = exampleEvent({
    ...{ eventId: `marketo/person/${at}/1.${call}`, recordId: String(at + 1), version: null },
    page: { epoch: 1, number: call },
    fields: { firstName: 'Ann', lastName: id, email: `${id}@example.com`, phone },
  });
  return { kind: 'event', goldenId: id, system: 'marketo', table: 'lead', event, written: null };
}

const controlsOf = (log: ReturnType<typeof inMemoryEventLog>) => eventsOf<Control>(log, topics.control);
const cleared = people.slice(0, 6).map((id, at) => person(id, at, null, 2));
const resume: Control = {
  ...{ controlId: 'c', action: 'resume', target: targetOf('dynamics'), actor: 'ann' },
  ...{ filter: null, columns: null, from: null, to: null, at: '2026-11-22T10:00:00Z' },
};

it.each(['delete', 'deactivate'] as const)(
  'persons that are deleted in Marketo take few rows with them before somebody is asked (%s)',
  async (rowWhenPersonDeleted) => {
    const limits = { ...few, deleted: { fewMax: 2, shareMax: 0.15, numberMax: 100 } };
    const { send, live, writes } = await createLinked(limits, { ...nativePolicy, rowWhenPersonDeleted });
    const gone = people.slice(0, 6).map((id, at) => {
      const event = exampleEvent({
        ...{ eventId: `delete/${at}`, recordId: String(at + 1), version: null, operation: 'DELETE' },
        page: { epoch: 1, number: 5 },
        fields: null,
      });
      return { kind: 'event', goldenId: id, system: 'marketo', table: 'lead', event, written: null } as const;
    });

    await send(gone);

    expect(writes).toHaveLength(3);
    expect(writes.every(({ entry }) => 'ends' in entry && entry.ends === rowWhenPersonDeleted)).toBe(true);
    expect(live.heldFor('dynamics')).toBe('deleted 4, at most 3 in 60 min');
  },
);

it.each([
  ['dynamics', { mergedInMarketo: 'follow' }],
  ['marketo', { mergedInDynamics: 'follow' }],
] as const)('merges that %s follows are few before somebody is asked', async (system, rules) => {
  const limits = { ...few, deleted: { fewMax: 2, shareMax: 0.15, numberMax: 100 } };
  const { send, live, writes, log, stores } = await createLinked(limits, { ...nativePolicy, ...rules });
  const [winner = ''] = people.slice(-1);
  const losers = people.slice(0, 6);
  const keys = ['marketo/person/20', `dynamics/lead/${winner}`];
  await stores.links.link(new Map(keys.map((key) => [key, winner])));
  const gone = losers.map((id, at): InboxMessage => {
    if (system === 'marketo')
      return lead(id, 9, { telephone1: '1', merged: true, masterid: { id: winner, table: 'lead' } });
    const event = exampleEvent({
      ...{ eventId: `merge/${at}`, recordId: String(at + 1), version: null, operation: 'MERGE' },
      ...{ page: { epoch: 1, number: 5 }, fields: null, mergedInto: '20' },
    });
    return { kind: 'event', goldenId: id, system: 'marketo', table: 'lead', event, written: null };
  });

  await send(gone);
  await send(losers.map((goldenId) => ({ kind: 'wake-up', goldenId, reason: 'due', target: null })));

  const merges = eventsOf<WriteCommand>(log, topics.writes).filter(({ operation }) => operation === 'MERGE');
  expect(system === 'dynamics' ? writes : merges).toHaveLength(3);
  expect(live.heldFor(system)).toBe('deleted 4, at most 3 in 60 min');
});

describe('a column that is cleared on 30 % of the people of one side', () => {
  it('is cleared on few of the other: then writes there are withheld, and one notice says why', async () => {
    const { send, clears, log, live } = await createLinked();

    await send(cleared);

    expect(clears()).toHaveLength(4);
    expect(live.heldFor('dynamics')).toBe('blanked 5, at most 4 in 60 min');
    expect(controlsOf(log)).toMatchObject([{ action: 'pause', target: 'reconciler/to-dynamics' }]);
    expect(eventsOf<Notice>(log, topics.notices)).toMatchObject([
      { code: 'WRITES_BRAKED', severity: 'error', counts: { count: 5, limit: 4 } },
    ]);
  });

  it('goes on in the golden records, and is written once an operator lets it flow', async () => {
    const { send, clears, log, live, hear, stores } = await createLinked();
    await send(cleared);

    const golden = eventsOf<GoldenEvent>(log, topics.goldenChanges('person'), people[5]);
    expect(golden.at(-1)?.fields['phone']).toBeNull();
    hear([resume]);
    const left = await stores.golden.findWithheld('dynamics', 10);
    await send(left.map((goldenId) => ({ kind: 'wake-up', goldenId, reason: 'due', target: null })));

    expect(live.withheld().size).toBe(0);
    expect(new Set(clears().map(({ goldenId }) => goldenId))).toEqual(new Set(people.slice(0, 6)));
  });

  it('is counted over both lanes and all instances', async () => {
    const { send, clears, clock, live, backfill } = await createLinked();

    for (const [at, message] of cleared.entries()) {
      clock.advance(1_000);
      await send([message], at < 3 ? topics.inbox : topics.inboxBackfill);
    }

    expect(clears()).toHaveLength(4);
    expect([live.heldFor('dynamics'), backfill.heldFor('dynamics')]).toEqual([
      null,
      'blanked 5, at most 4 in 60 min',
    ]);
  });

  it('leaves the other direction alone', async () => {
    const { send, live, log } = await createLinked();
    await send(cleared);

    await send([lead(people[9] ?? '', 2, { telephone1: '2' })]);

    expect([...live.withheld()]).toEqual(['dynamics']);
    expect(eventsOf(log, topics.writes, people[9])).toHaveLength(1);
  });

  it('passes when it takes longer than the window', async () => {
    const { send, clears, clock } = await createLinked();

    await send(cleared.slice(0, 3));
    clock.advance(3_700_000);
    await send(cleared.slice(3));

    expect(clears()).toHaveLength(6);
  });
});

describe('whoever lets writes flow that a brake held', () => {
  it('is not asked again within the window, and is after it', async () => {
    const { send, clears, clock, hear, log, live } = await createLinked();
    await send(cleared);
    hear([...controlsOf(log), resume]);

    await send(people.slice(6, 12).map((id, at) => person(id, at + 6, null, 2)));
    expect(clears()).toHaveLength(10);
    clock.advance(3_700_000);
    await send(people.slice(12, 20).map((id, at) => person(id, at + 12, null, 2)));

    expect(live.heldFor('dynamics')).toBe('blanked 5, at most 4 in 60 min');
  });
});

describe('a brake whose batch fails before anybody was told', () => {
  it('tells with the next batch', async () => {
    const { send, log, faults } = await createLinked();
    await send(cleared.slice(0, 4));

    faults.at = 'commit';
    await expect(send(cleared.slice(4, 5))).rejects.toThrow('the batch fails');
    expect(controlsOf(log)).toEqual([]);
    await deliverAll(log, topics.inbox);

    expect(controlsOf(log)).toHaveLength(1);
  });
});

describe('the limit of a kind', () => {
  const limits = defaultWriteLimits;
  const counts = { changed: 0, blanked: 0, created: 0, deleted: 0 };

  it.each([
    ['lets few pass whatever their share', { blanked: 100 }, 150, null],
    ['is a share of the records beyond that', { blanked: 501 }, 10_000, 'blanked'],
    ['is a number where the share is large', { deleted: 1_001 }, 1_000_000, 'deleted'],
    ['lets a mailing change everybody once', { changed: 200_000 }, 200_000, null],
    ['holds a second first load', { created: 30_001 }, 100_000, 'created'],
  ])('%s', (_, some, records, kind) => {
    expect(exceeded({ ...counts, ...some }, limits, records)?.kind ?? null).toBe(kind);
  });
});
