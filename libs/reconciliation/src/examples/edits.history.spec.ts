import type { ChangeEvent } from '@lockstep/change-events';
import { conflictsOf, linkedPair, strangers, values, writesTo } from './examplePairs.ts';
import { createWorld } from './exampleWorld.ts';
import { decide } from '../decide.ts';
import { claimsOf } from '../match.ts';

/** The event as the feed tells it of edits made in Marketo itself. */
function byHand(event: ChangeEvent): ChangeEvent {
  const rows = event.evidence?.rows.map((row) => ({ ...row, source: 'Lead update' })) ?? [];
  return { ...event, evidence: event.evidence && { ...event.evidence, rows } };
}

/** Histories that the simulation found, told as short as it made them. */

describe('an edit made on top of an older value of ours', () => {
  it('collides with what Dynamics has said since', () => {
    const pair = linkedPair('lead', { firstname: null, telephone1: '1' });
    const { world, row, person } = pair;

    world.dynamics.edit(row, { firstname: 'Ada' });
    world.marketo.write(person, { firstName: 'Bo' });
    world.readDynamics(row);
    world.readMarketo(person);
    world.settle();

    expect(values(pair, 'firstName')).toEqual(['Bo', 'Bo', 'Bo']);
    expect(conflictsOf(world)).toMatchObject([{ field: 'firstName', winner: 'marketo', loserValue: 'Ada' }]);
  });

  it('simply holds on a contact when nothing was said since, though the feed has not told of our write', () => {
    const pair = linkedPair('contact', { telephone1: '1' });
    const { world, row, person } = pair;

    world.dynamics.edit(row, { telephone1: '2' });
    world.readDynamics(row);
    world.carryOut();
    world.marketo.write(person, { phone: '3' });
    world.settle();

    expect(values(pair, 'phone')).toEqual(['3', '3', '3']);
    expect(conflictsOf(world)).toEqual([]);
  });
});

describe('a person deleted in Marketo', () => {
  it('comes back when the edit of its row was learnt before the deletion', () => {
    const { world, row, person } = linkedPair('lead', { telephone1: '1' });

    world.marketo.remove(person);
    world.dynamics.edit(row, { telephone1: '2' });
    world.readDynamics(row);
    world.carryOut();
    world.readMarketo(person);
    world.settle();

    const [again] = world.marketo.ids();
    expect(again).not.toBe(person);
    expect(world.marketo.field(again ?? '', 'phone')).toBe('2');
  });

  it('comes back when its row was put back since to what it was before our last write', () => {
    const { world, row, person } = linkedPair('lead', { telephone1: '1' });

    world.dynamics.edit(row, { telephone1: '2' });
    world.readDynamics(row);
    world.carryOut();
    world.marketo.remove(person);
    world.dynamics.edit(row, { telephone1: '1' });
    world.readMarketo(person);
    world.readDynamics(row);
    world.settle();

    const [again] = world.marketo.ids();
    expect(world.marketo.field(again ?? '', 'phone')).toBe('1');
  });

  it('stays away when our write of the last edit had reached it', () => {
    const { world, row, person } = linkedPair('lead', { telephone1: '1' });

    world.dynamics.edit(row, { telephone1: '2' });
    world.readDynamics(row);
    world.carryOut();
    world.marketo.remove(person);
    world.readMarketo(person);
    world.settle();

    expect(world.marketo.ids()).toEqual([]);
  });
});

describe('a record that waits to be created', () => {
  it('waits no more when its row is deleted', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.dynamics.insert('lead', 'lead-1', { lastname: 'Reed' });
    world.readDynamics('lead-1', 'BACKFILL');
    expect(world.record('dynamics/lead/lead-1').waiting).toMatchObject({ cause: 'first-reads' });

    world.dynamics.remove('lead-1');
    world.readDynamics('lead-1');

    expect(world.record('dynamics/lead/lead-1').waiting).toBeNull();
  });

  it('does not take the person of a row that was deleted', () => {
    const pair = strangers({}, {});
    pair.world.settle();
    pair.world.dynamics.remove(pair.row);
    pair.world.settle();

    const claims = [...claimsOf(pair.world.record(`dynamics/lead/${pair.row}`)).values()];

    expect(claims.map(({ rowKey }) => rowKey).sort()).toEqual([
      `dynamics/lead/${pair.row}`,
      `marketo/person/${pair.person}`,
    ]);
  });
});

describe('a fresh edit that overtakes a command of the backfill lane', () => {
  it('knows the overtaken value for its own when it shows up in Marketo', () => {
    const pair = linkedPair('lead', { telephone1: '1' });
    const { world, row, person } = pair;

    world.dynamics.edit(row, { telephone1: '2' });
    world.readDynamics(row, 'BACKFILL');
    world.marketo.write(person, { phone: '2' });
    world.dynamics.edit(row, { telephone1: '3' });
    world.readDynamics(row);
    world.readMarketo(person);
    world.settle();

    expect(values(pair, 'phone')).toEqual(['3', '3', '3']);
    expect(conflictsOf(world)).toEqual([]);
  });
});

describe('edits that our write ran over', () => {
  it('are not concluded from an equal value that somebody entered', () => {
    const pair = linkedPair('lead', { telephone1: '1' });
    const { world, row, person } = pair;

    world.dynamics.edit(row, { telephone1: '3' });
    world.readDynamics(row);
    world.marketo.write(person, { phone: '2' });
    world.marketo.write(person, { phone: '3' });
    world.hand(person, byHand(world.marketo.change(person, 'LIVE')));
    world.settle();

    expect(values(pair, 'phone')).toEqual(['3', '3', '3']);
    expect(writesTo(world, 'dynamics')).toEqual([]);
  });

  it('are recorded when they were read before our write was answered and told after it', () => {
    const pair = linkedPair('contact', { telephone1: '1' });
    const { world, row, person } = pair;

    world.dynamics.edit(row, { telephone1: '2' });
    world.marketo.write(person, { phone: '9' });
    const before = world.marketo.change(person, 'LIVE');
    world.readDynamics(row);
    world.carryOut();
    world.hand(person, before);
    world.settle();

    expect(values(pair, 'phone')).toEqual(['2', '2', '2']);
    expect(conflictsOf(world)).toMatchObject([{ field: 'phone', winner: 'dynamics', loserValue: '9' }]);
  });
});

describe('a person whose creation is not answered yet', () => {
  it('keeps an edit that was taken back at once, though the feed tells only of the first half', () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { telephone1: '1' });
    world.readDynamics('lead-1');
    const [creation] = world.state.open.splice(0);
    if (creation?.to !== 'marketo') throw new Error('nobody is made');
    const { fields, goldenId } = creation.command;
    const person = world.marketo.create({ ...fields, lockstepId: goldenId });
    world.readMarketo(person);

    for (const phone of ['2', '1']) world.marketo.write(person, { phone });
    const told = world.marketo.change(person, 'LIVE');
    const evidence = told.evidence && { ...told.evidence, rows: told.evidence.rows.slice(0, 1) };
    const { record } = world.hand(person, { ...told, evidence });

    expect(record.fields['phone']).toMatchObject({ value: '1', source: 'dynamics' });
  });
});

describe('a command that nobody answers', () => {
  it('is ended by a read once nothing is left to do, and leaves nothing in flight and no memory', () => {
    const { world, row, person } = linkedPair('lead', { telephone1: '1' });

    world.dynamics.edit(row, { telephone1: '2' });
    world.readDynamics(row);
    world.marketo.write(person, { phone: '2' });
    world.readMarketo(person);
    world.state.open.length = 0;
    world.wakeUp(121_000);

    expect(world.state.open).toMatchObject([{ command: { operation: 'READ' } }]);
    world.settle();
    world.readMarketo(person);

    const { outbox, rows } = world.record(`dynamics/lead/${row}`);
    expect(outbox.filter(({ kind }) => kind !== 'golden-event')).toEqual([]);
    expect(rows.map(({ inFlight, seen }) => [inFlight, seen['phone']?.written])).toEqual([
      [{}, undefined],
      [{}, undefined],
    ]);
  });
});

/** What a person decides that another record asks for. */
function askToJoin(world: ReturnType<typeof createWorld>, person: string, until?: string) {
  const record = world.record(`marketo/person/${person}`);
  return decide(
    record,
    {
      ...{ kind: 'wake-up', goldenId: record.goldenId, reason: 'join', target: 'other' },
      ...(until === undefined ? {} : { until }),
    },
    {
      ...{ mapping: [], policy: world.state.policy, nowMs: world.state.nowMs, firstReadsComplete: true },
      ...{ claims: [], owners: new Map(), parents: new Map(), published: new Set() },
    },
  );
}

describe('a creation that nobody answers', () => {
  it('is looked for before another person is made', () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { telephone1: '1' });
    world.readDynamics('lead-1');
    const [creation] = world.state.open.splice(0);
    if (creation?.to !== 'marketo') throw new Error('nobody is to be created');
    world.marketo.create({ ...creation.command.fields, lockstepId: creation.goldenId });

    world.wakeUp(121_000);
    expect(world.state.open).toMatchObject([{ command: { operation: 'READ' } }]);
    world.settle();

    expect(world.marketo.ids()).toHaveLength(1);
    expect(world.record('dynamics/lead/lead-1').rows).toMatchObject([
      { id: 'lead-1' },
      { system: 'marketo' },
    ]);
  });
});

describe('a state that the feed explains only in part', () => {
  it('is judged when the feed has told the rest', () => {
    const pair = linkedPair('contact', { telephone1: '1' });
    const { world, row, person } = pair;
    for (const telephone1 of ['2', '3']) {
      world.dynamics.edit(row, { telephone1 });
      world.readDynamics(row);
      world.carryOut();
    }
    world.marketo.write(person, { phone: null });

    const told = world.marketo.change(person, 'LIVE');
    const { rows = [], feedNumber = told.page } = told.evidence ?? {};
    const part = (from: number, to: number): ChangeEvent => ({
      ...told,
      eventId: `${told.eventId}/${from}`,
      evidence: { rows: rows.slice(from, to), feedNumber },
    });
    world.hand(person, part(0, 1));
    world.hand(person, part(1, 3));
    world.settle();

    expect(values(pair, 'phone')).toEqual([null, null, null]);
    expect(conflictsOf(world)).toEqual([]);
  });
});

describe('a person whose row is deleted', () => {
  it('gets back what people edited there and our last write ran over', () => {
    const pair = linkedPair('contact', { telephone1: '1' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { telephone1: '2' });
    world.readDynamics(row);
    world.state.open.length = 0;
    world.marketo.write(person, { phone: '2' });
    world.wakeUp(121_000);
    world.marketo.write(person, { phone: '3' });
    world.dynamics.remove(row);
    world.readDynamics(row);
    world.readMarketo(person);
    world.carryOut();
    expect(world.marketo.field(person, 'phone')).toBe('2');

    world.settle();

    expect(world.marketo.field(person, 'phone')).toBe('3');
  });
});

describe('a person that was never linked', () => {
  it('is not handed over once it is deleted', () => {
    const world = createWorld({ matchByEmail: true });
    const person = world.marketo.create({ email: 'ada@example.com' });
    world.readMarketo(person);
    world.marketo.remove(person);
    world.readMarketo(person);

    const { nothing, forwards } = askToJoin(world, person);

    expect({ nothing, forwards }).toEqual({ nothing: 'stale', forwards: [] });
  });

  it('is handed over as long as it is waited for, and not later', () => {
    const world = createWorld({ matchByEmail: true });
    const person = world.marketo.create({ email: 'ada@example.com' });
    world.readMarketo(person);
    const until = (waitMs: number) => new Date(world.state.nowMs + waitMs).toISOString();

    expect(askToJoin(world, person, until(1))).toMatchObject({ record: { aliasOf: 'other' } });
    expect(askToJoin(world, person, until(0))).toMatchObject({ record: { aliasOf: null }, nothing: 'stale' });
  });
});
