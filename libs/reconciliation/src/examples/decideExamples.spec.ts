import type { DeliveryOutcome, InboxMessage } from '@lockstep/change-events';
import { accountFields, createEntityStory, ownerId } from './exampleEntities.ts';
import { conflictsOf, linkedPair, strangers, values } from './examplePairs.ts';
import { createWorld, type World } from './exampleWorld.ts';
import { newPersonIn } from '../wakeUp.ts';

/** The worked examples of docs/architecture.md about whom a message is for, and what it is answered with. */

const nowMs = Date.parse('2026-11-22T10:00:00Z');

/** The answer to the command that is planned last. */
function answerOf({ state }: World, answer: Partial<DeliveryOutcome>): InboxMessage {
  const write = state.open.findLast(({ to }) => to === 'marketo');
  if (write?.to !== 'marketo') throw new Error('no command is planned');
  const { commandId, goldenId, revision, personId, lane } = write.command;
  const nothing = { accepted: null, state: null, sent: null, answered: null, code: null, field: null };
  const outcome = { commandId, goldenId, revision, personId, lane, ...nothing, detail: null, retryAt: null };
  return {
    ...{ kind: 'outcome', goldenId },
    outcome: { ...outcome, at: '2026-11-22T10:00:00Z', result: 'UPDATED', ...answer },
  };
}

describe('a record of a database that was put back', () => {
  it('goes on in the epoch of then, above every revision that may have been told before', () => {
    const { world } = linkedPair('lead', { jobtitle: 'Engineer' });
    const former = world.record('dynamics/lead/lead-1').revision;
    const edit = (title: string) => {
      world.dynamics.edit('lead-1', { jobtitle: title });
      return world.readDynamics('lead-1').goldenEvent?.revision;
    };

    expect(edit('Director')).toEqual({ ...former, number: former.number + 1 });
    world.state.revisionEpoch = 1_795_341_600;
    expect(edit('Captain')).toEqual({ epoch: 1_795_341_600, number: 1 });
    expect(edit('Admiral')).toEqual({ epoch: 1_795_341_600, number: 2 });
  });
});

describe('a person that is another record’s', () => {
  it.each([
    ['that is handed over', 'join/golden/1001'],
    ['that the feed tells of', 'marketo/person/1001/1.9'],
  ])('goes to that one when it comes to a record that has never had it, such as one %s', (_, eventId) => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { lastname: 'Byron' });
    const { goldenId } = world.readDynamics('lead-1').record;
    const person = world.marketo.create({ lastName: 'Byron' });
    world.state.links.set(`marketo/person/${person}`, 'golden/1001');
    const event = { ...world.marketo.change(person, 'LIVE'), eventId };
    const message = {
      kind: 'event',
      goldenId,
      system: 'marketo',
      table: 'person',
      event,
      written: null,
    } as const;

    const decision = world.handAnswer(message);

    expect(decision).toMatchObject({ nothing: 'forwarded', dirty: false });
    expect(decision.forwards).toEqual([{ ...message, goldenId: 'golden/1001' }]);
  });
});

describe('a person that a record does not have yet', () => {
  const event = createWorld().marketo.change('7', 'LIVE');
  const message = (eventId: string): InboxMessage => ({
    ...{ kind: 'event', goldenId: 'golden/asks', system: 'marketo', table: 'lead', written: null },
    event: { ...event, eventId, recordId: '7' },
  });

  it.each([
    ['join/golden/1001', 'golden/1001'],
    ['marketo/person/7/1.9', 'golden/asks'],
    ['marketo/join/', 'golden/asks'],
  ])('is, without a link, of who hands it over, or of whom the message %s is for', (eventId, owner) => {
    expect(newPersonIn(message(eventId), null)).toEqual({ key: 'marketo/person/7', owner });
  });

  it('is none in a message about something else, or about one that the record has', () => {
    const { world, person } = linkedPair('lead', {});
    const record = world.record('dynamics/lead/lead-1');
    const known = message('marketo/person/7/1.9') as Extract<InboxMessage, { kind: 'event' }>;
    const due = { kind: 'wake-up', goldenId: 'golden/asks', reason: 'due', target: null } as const;

    expect(newPersonIn(due, null)).toBeNull();
    expect(newPersonIn({ ...known, system: 'dynamics' }, null)).toBeNull();
    expect(newPersonIn({ ...known, event: { ...known.event, recordId: person } }, record)).toBeNull();
  });
});

describe('a record that joined another', () => {
  it('hands on whatever comes for it, and joins once more when it is asked again', () => {
    const { world, person } = strangers({}, {});
    world.settle();
    const event = { ...world.marketo.change(person, 'LIVE') };
    const late = { kind: 'event', system: 'marketo', table: 'person', event, written: null } as const;
    const due = { kind: 'wake-up', reason: 'due', target: null } as const;

    for (const message of [late, due]) {
      const decision = world.handAnswer({ ...message, goldenId: 'golden/1001' });
      expect(decision).toMatchObject({ nothing: 'forwarded', dirty: false });
      expect(decision.forwards).toEqual([{ ...message, goldenId: 'golden/lead-1' }]);
    }
    const again = world.handAnswer({
      ...due,
      goldenId: 'golden/1001',
      reason: 'join',
      target: 'golden/lead-1',
    });
    expect(again.forwards).toMatchObject([{ kind: 'event', goldenId: 'golden/lead-1' }]);
    expect(again.nothing).toBeNull();
  });

  it('hands on a person whose link leads to it, and the link with it', () => {
    const { world } = strangers({}, {});
    world.settle();
    const person = world.marketo.create({ lastName: 'Byron' });
    world.state.links.set(`marketo/person/${person}`, 'golden/1001');
    const event = world.marketo.change(person, 'LIVE');
    const late = { kind: 'event', system: 'marketo', table: 'person', event, written: null } as const;

    const { forwards } = world.handAnswer({ ...late, goldenId: 'golden/1001' });
    expect(forwards).toEqual([{ ...late, goldenId: 'golden/lead-1' }]);
    expect(world.handAnswer({ ...late, goldenId: 'golden/lead-1' })).toMatchObject({
      ...{ nothing: null, forwards: [] },
      record: { rows: expect.arrayContaining([expect.objectContaining({ id: person })]) as unknown },
    });
  });

  it('is woken no more, whatever it was to look at again', () => {
    const { world } = strangers({}, {});
    world.settle();
    const alias = world.state.records.get('golden/1001');
    if (!alias) throw new Error('nobody joined');
    const followed = { person: '1001', dueAtMs: nowMs };
    world.state.records.set('golden/1001', { ...alias, followed, dueAtMs: nowMs });

    const due = { kind: 'wake-up', goldenId: 'golden/1001', reason: 'due', target: null } as const;
    expect(world.handAnswer(due).record.dueAtMs).toBeNull();
  });
});

describe('a record that waits because it was refused', () => {
  const refused = () => {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer' });
    world.readDynamics('lead-1');
    world.handAnswer(answerOf(world, { result: 'REFUSED', code: '1003' }));
    return world;
  };

  it('goes on with the next edit, and not with what changes nothing', () => {
    const world = refused();
    world.dynamics.edit('lead-1', { new_other: 'x' });
    expect(world.readDynamics('lead-1')).toMatchObject({
      commands: [],
      record: { waiting: { code: '1003' } },
    });
    world.dynamics.edit('lead-1', { jobtitle: 'Director' });

    expect(world.readDynamics('lead-1')).toMatchObject({
      ...{ commands: [{ operation: 'CREATE' }], record: { waiting: null } },
    });
  });

  it('is looked at when its time has come', () => {
    const world = refused();
    expect(world.record('dynamics/lead/lead-1').dueAtMs).toBe(nowMs + 3_600_000);
    world.wakeUp(3_599_999);
    expect(world.state.decisions.at(-1)?.commands).toEqual([]);
    world.wakeUp(1);

    expect(world.state.decisions.at(-1)?.commands).toMatchObject([{ operation: 'CREATE' }]);
  });
});

describe('an answer that names the person of another record', () => {
  it('takes nobody away: that record is asked for it', () => {
    const world = createWorld({ matchByEmail: true });
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
    world.readDynamics('lead-1');
    world.state.links.set('marketo/person/77', 'golden/77');
    const told = {
      result: 'FOUND',
      personId: '77',
      state: {},
      answered: world.marketo.nextNumber(),
    } as const;
    const { record, forwards } = world.handAnswer(answerOf(world, told));

    expect(record.rows.map(({ id }) => id)).toEqual(['lead-1']);
    expect(record.waiting).toEqual({ cause: 'join', code: null, dueAtMs: nowMs + 120_000 });
    expect(forwards).toEqual([
      {
        ...{ kind: 'wake-up', goldenId: 'golden/77', reason: 'join', target: 'golden/lead-1' },
        until: '2026-11-22T10:01:30Z',
      },
    ]);
  });
});

describe('an answer that comes after another command took its place', () => {
  it('asks nobody for the person that it names: one is being made', () => {
    const world = createWorld({ matchByEmail: true });
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
    world.readDynamics('lead-1', 'BACKFILL');
    world.state.links.set('marketo/person/77', 'golden/77');
    const answered = world.marketo.nextNumber();
    const late = answerOf(world, { result: 'FOUND', personId: '77', state: {}, answered });
    world.dynamics.edit('lead-1', { jobtitle: 'Engineer' });
    expect(world.readDynamics('lead-1').commands).toMatchObject([{ operation: 'CREATE' }]);

    expect(world.handAnswer(late)).toMatchObject({ nothing: 'no-entry', dirty: false, forwards: [] });
  });
});

describe('what is due', () => {
  it('is the first of all that is open', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer', address1_city: 'Lyon' });
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    world.marketo.write(person, { city: 'Nantes' });
    const { record } = world.readMarketo(person);

    expect(record.outbox.filter((entry) => 'dueAtMs' in entry)).toHaveLength(2);
    expect(record.dueAtMs).toBe(nowMs + 15_000);
    expect(record).not.toHaveProperty('rules');
  });

  it('of relations goes on being put off where its row is edited', () => {
    const { row, wakeUp, answer } = createEntityStory();
    answer(row(1, accountFields), {});
    wakeUp(15_000);
    const { held } = row(2, { ...accountFields, name: 'Example Inc' }).record;

    expect(held).toMatchObject({ attempts: 1, takenBack: [] });
    expect(accountFields['ownerid']).toMatchObject({ id: ownerId });
  });
});

describe('an edit that was read before our write was answered', () => {
  /** On a contact, where Dynamics wins what nobody can explain. */
  function early(title: string | null, changedAt: string | null = null) {
    const pair = linkedPair('contact', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Director' }, changedAt);
    world.readDynamics(row);
    world.marketo.write(person, { title: 'Director' });
    const answered = world.marketo.nextNumber();
    world.marketo.write(person, { title });
    world.hand(person, { ...world.marketo.change(person, 'LIVE'), evidence: null });
    return { pair, answer: answerOf(world, { accepted: { title: 'Director' }, answered }) };
  }

  it('holds once the answer shows that it was made on top of it', () => {
    const { pair, answer } = early('Weaver');
    expect(values(pair, 'jobTitle')[1]).toBe('Director');
    const { record, goldenEvent } = pair.world.handAnswer(answer);

    expect(record.fields['jobTitle']).toMatchObject({ value: 'Weaver', source: 'marketo', base: 'Director' });
    expect(goldenEvent?.changed).toMatchObject([{ field: 'jobTitle', after: 'Weaver', rule: 'changed' }]);
    expect(conflictsOf(pair.world)).toHaveLength(1);
  });

  it.each([
    ['that clears the field', null, null],
    ['of what Dynamics says it changed later', 'Weaver', '2026-11-22T10:00:05Z'],
  ])('holds so %s too', (_, title, changedAt) => {
    const { pair, answer } = early(title, changedAt);
    const { record } = pair.world.handAnswer(answer);

    expect(record.fields['jobTitle']).toMatchObject({ value: title, source: 'marketo', base: 'Director' });
  });

  it('holds where the feed tells of both only after the answer, though the answer has the later number', () => {
    const pair = linkedPair('contact', { jobtitle: 'Engineer' });
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    world.marketo.write(person, { title: 'Director' });
    world.marketo.write(person, { title: 'Weaver' });
    const event = world.marketo.change(person, 'LIVE');
    const answered = world.marketo.nextNumber();
    world.handAnswer(answerOf(world, { accepted: { title: 'Director' }, answered }));
    world.hand(person, event);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Weaver', 'Weaver', 'Weaver']);
    expect(conflictsOf(world)).toEqual([]);
  });

  it('is none where the state is what we wrote', () => {
    const { pair, answer } = early('Director');
    const { record } = pair.world.handAnswer(answer);

    expect(record.fields['jobTitle']).toMatchObject({ value: 'Director', source: 'dynamics' });
  });

  it('does not hold where the golden value has moved on since', () => {
    const { pair, answer } = early('Weaver');
    pair.world.dynamics.edit(pair.row, { jobtitle: 'President' });
    pair.world.readDynamics(pair.row);
    const { record, conflicts } = pair.world.handAnswer(answer);

    expect(record.fields['jobTitle']).toMatchObject({ value: 'President', source: 'dynamics' });
    expect(conflicts).toEqual([]);
  });
});

describe('our writes that the feed has not told of', () => {
  it('are remembered in their order, the last ten before the one that is seen', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    for (let turn = 1; turn <= 12; turn += 1) {
      world.dynamics.edit(row, { jobtitle: `Title ${turn}` });
      world.readDynamics(row);
      world.carryOut();
    }
    const seen = world.record(`marketo/person/${person}`).rows[1]?.seen['jobTitle'];

    expect(seen).toMatchObject({ value: 'Title 12', unconfirmed: true });
    expect(seen?.written).toHaveLength(10);
    expect([seen?.written?.[0], seen?.written?.at(-1)]).toEqual(['Title 2', 'Title 11']);
  });
});

describe('an opt-out of the address', () => {
  it('holds against an edit that could not know of it, which is kept', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com', donotbulkemail: false });
    world.readDynamics('lead-1');
    world.state.withheld.add('dynamics');
    world.state.consents.set('email/ada@example.com', {
      ...{ claim: 'email/ada@example.com', optedOut: true, revision: 1, goldenId: 'golden/other' },
      ...{ source: 'dynamics', changedAt: null },
    });
    world.wakeUp(0);
    expect(world.state.decisions.at(-1)?.goldenEvent).toMatchObject({
      ...{ causeEventId: 'wake-up/golden/lead-1', causeSystem: null },
    });
    world.dynamics.edit('lead-1', { donotbulkemail: null });
    const { record, conflicts } = world.readDynamics('lead-1');

    expect(record.fields['unsubscribed']).toMatchObject({ value: true, rule: 'opt-out-of-address' });
    expect(conflicts).toMatchObject([
      { field: 'unsubscribed', winner: 'dynamics', winnerValue: true, rule: 'opt-out-wins' },
    ]);
  });
});

describe('an edit', () => {
  it('to the value that is golden already changes nothing, and is agreed', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.marketo.write(person, { title: 'Director' });
    world.readDynamics(row);
    const { goldenEvent, record } = world.readMarketo(person);

    expect(goldenEvent?.changed ?? []).toEqual([]);
    expect(record.fields['jobTitle']).toMatchObject({ source: 'dynamics', eventId: 'dynamics/lead-1/102' });
  });

  it('of a field that its side may not speak for is no value of it', () => {
    const world = createWorld({ firstReadsComplete: false });
    const person = world.marketo.create({ leadStatus: 'Open', leadScore: 75 });
    const { record } = world.readMarketo(person);

    expect(record.fields).toMatchObject({ leadScore: { value: 75 } });
    expect(record.fields).not.toHaveProperty('leadStatus');
  });

  it('of a column that a person made by us never got collides with what came for it meanwhile', () => {
    const world = createWorld();
    world.dynamics.insert('contact', 'contact-1', { jobtitle: 'Engineer' });
    const { fields, ...event } = world.dynamics.change('contact-1', 'LIVE');
    const { address1_city: _, ...others } = fields ?? {};
    world.handRow('contact-1', { ...event, fields: others });
    world.carryOut();
    const person = world.marketo.ids()[0] ?? '';
    world.marketo.write(person, { city: 'Nantes' });
    const { record } = world.readMarketo(person);

    expect(record.fields['city']).toMatchObject({ value: 'Nantes', source: 'marketo', rule: 'first-value' });
  });
});
