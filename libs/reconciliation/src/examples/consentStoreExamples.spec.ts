import { createWorld } from './exampleWorld.ts';
import { exampleMapping } from './exampleParts.ts';
import { spreadId, type Consent } from '../consent.ts';

/** The worked examples of docs/conflict-resolution.md about the wish that is stored for an address (F-43). */

const claim = 'email/ada@example.com';
const stored = (changes: Partial<Consent> = {}): Consent => ({
  ...{ claim, optedOut: true, revision: 3, goldenId: 'golden/other', source: 'marketo', changedAt: null },
  ...changes,
});

/** A lead is read, and the given wish is known for its address. */
function read(donotbulkemail: boolean | null, known?: Consent, changedAt: string | null = null) {
  const world = createWorld({ firstReadsComplete: false });
  if (known) world.state.consents.set(claim, known);
  world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'Ada@Example.com' });
  world.dynamics.edit('lead-1', { donotbulkemail }, changedAt);
  return { world, decision: world.readDynamics('lead-1') };
}

describe('a wish that nobody has stored yet', () => {
  it('is stored by the record that brings it, with the side that spoke and when', () => {
    const { decision } = read(true, undefined, '2026-11-22T09:00:00Z');

    expect(decision.consent).toEqual({
      consent: {
        ...{ claim, optedOut: true, revision: 1, goldenId: 'golden/lead-1', source: 'dynamics' },
        changedAt: '2026-11-22T09:00:00Z',
        shownAt: { epoch: 1, number: 102 },
      },
      expected: 0,
    });
    expect(decision.record.consent).toEqual({ claim, revision: 1, spreads: true });
  });

  it.each([false, null])('is none where nobody opts out (%s)', (donotbulkemail) => {
    const { decision } = read(donotbulkemail);

    expect(decision.consent).toBeNull();
    expect(decision.record).not.toHaveProperty('consent');
  });

  it('is none without an address', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: null, donotbulkemail: true });

    expect(world.readDynamics('lead-1').consent).toBeNull();
  });

  it('is raised by one with each change', () => {
    const { world } = read(true);
    world.dynamics.edit('lead-1', { donotbulkemail: false });
    const { consent, record } = world.readDynamics('lead-1');

    expect(consent).toMatchObject({ consent: { optedOut: false, revision: 2 }, expected: 1 });
    expect(record.consent).toEqual({ claim, revision: 2, spreads: true });
    world.dynamics.edit('lead-1', { jobtitle: 'Engineer' });
    expect(world.readDynamics('lead-1').consent).toBeNull();
  });
});

describe('a wish that was told to all', () => {
  it('is told no more, whatever is edited', () => {
    const { world } = read(true);
    const edit = (jobtitle: string) => {
      world.dynamics.edit('lead-1', { jobtitle });
      return world.readDynamics('lead-1').record.consent;
    };
    expect(edit('Engineer')).toEqual({ claim, revision: 1, spreads: true });
    world.state.published.add(`consent/${claim}/1`);

    expect(edit('Director')).toEqual({ claim, revision: 1 });
    world.state.published.clear();
    expect(edit('President')).toEqual({ claim, revision: 1 });
  });
});

describe('a wish that is stored', () => {
  it('is followed by whoever comes to the address, as said by its side', () => {
    const { decision } = read(false, stored({ changedAt: '2026-11-22T08:00:00Z' }));

    expect(decision.consent).toBeNull();
    expect(decision.record.consent).toEqual({ claim, revision: 3 });
    expect(decision.record.fields['unsubscribed']).toMatchObject({
      ...{ value: true, source: 'marketo', changedAt: '2026-11-22T08:00:00Z', rule: 'opt-out-of-address' },
    });
  });

  it('is told to others by the record that had brought it and did not live to save that', () => {
    const { decision } = read(true, stored({ goldenId: 'golden/lead-1' }));

    expect(decision.consent).toBeNull();
    expect(decision.record.consent).toEqual({ claim, revision: 3, spreads: true });
  });

  it.each([
    ['lifted by the side that had brought it', { shownAt: 101 }, false],
    ['not lifted by what was shown before, though in the same second', { shownAt: 103 }, true],
    ['not lifted by what had brought it', { shownAt: 102 }, true],
    ['not lifted where nobody knows what had brought it', { shownAt: null }, true],
    ['not lifted by the other side', { shownAt: 101, source: 'marketo' }, true],
    ['not lifted by somebody else', { shownAt: 101, goldenId: 'golden/x' }, true],
    ['not lifted at a time that is not told', { shownAt: 101, at: null }, true],
  ] as const)('of a record that was never saved is %s', (_, { shownAt, ...changes }, optedOut) => {
    const { at = '2026-11-22T08:00:00Z', ...whose } = { at: undefined, ...changes };
    const known = {
      goldenId: 'golden/lead-1',
      source: 'dynamics',
      changedAt: '2026-11-22T08:00:00Z',
      ...whose,
    } as const;
    const { decision } = read(
      false,
      stored({ ...known, shownAt: shownAt === null ? null : { epoch: 1, number: shownAt } }),
      at,
    );

    expect(decision.record.fields['unsubscribed']?.value).toBe(optedOut);
  });

  it.each([
    ['after it', '2026-11-22T09:00:00Z', '2026-11-22T08:00:00Z', true],
    ['in its second', '2026-11-22T08:00:00.100Z', '2026-11-22T08:00:00.900Z', true],
    ['before it', '2026-11-22T07:59:59Z', '2026-11-22T08:00:00Z', false],
    ['at a time that is not told', null, '2026-11-22T08:00:00Z', true],
    ['after one of a time that is not told', '2026-11-22T09:00:00Z', null, true],
  ])('is said anew by another record that opted out %s', (_, changedAt, known, isSaid) => {
    const { decision } = read(true, stored({ changedAt: known }), changedAt);

    expect(decision.consent?.consent.revision).toBe(isSaid ? 4 : undefined);
    expect(decision.consent?.expected).toBe(isSaid ? 3 : undefined);
    expect(decision.record.consent).toEqual({
      ...{ claim, revision: isSaid ? 4 : 3 },
      ...(isSaid && { spreads: true }),
    });
  });

  it.each([
    ['after it', '2026-11-22T08:00:01Z', 4],
    ['before it', '2026-11-22T07:59:59Z', undefined],
  ])('is said anew by a record that knows the one before, and opted out %s', (_, changedAt, revision) => {
    const { world } = read(true);
    world.dynamics.edit('lead-1', { donotbulkemail: false });
    world.readDynamics('lead-1');
    world.state.consents.set(claim, stored({ changedAt: '2026-11-22T08:00:00Z' }));
    world.dynamics.edit('lead-1', { donotbulkemail: true }, changedAt);

    expect(world.readDynamics('lead-1').consent?.consent.revision).toBe(revision);
  });

  it('that was lifted is changed by whoever opts out where the one before it was followed', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.state.withheld.add('dynamics');
    world.state.consents.set(claim, stored());
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
    world.readDynamics('lead-1');
    world.state.consents.set(claim, stored({ optedOut: false, revision: 4 }));
    world.dynamics.edit('lead-1', { donotbulkemail: true });

    expect(world.readDynamics('lead-1').consent?.consent).toMatchObject({ optedOut: true, revision: 5 });
  });

  it('that was lifted is changed by whoever opts out without knowing of it', () => {
    const { decision } = read(true, stored({ optedOut: false }));

    expect(decision.consent).toMatchObject({ consent: { optedOut: true, revision: 4 }, expected: 3 });
  });

  it('that was lifted lifts the opt-out of whoever followed the former one', () => {
    const { world } = read(false, stored());
    world.state.consents.set(claim, stored({ optedOut: false, revision: 4 }));
    world.wakeUp(0);
    const { fields, consent } = world.record('dynamics/lead/lead-1');

    expect(fields['unsubscribed']).toMatchObject({ value: false, rule: 'opt-out-of-address' });
    expect(consent).toEqual({ claim, revision: 4 });
  });

  it('is said anew by a record that had opted out already, and brings that to the address', () => {
    const { world } = read(true, undefined, '2026-11-22T09:00:00Z');
    const known = { ...stored({ changedAt: '2026-11-22T08:00:00Z' }), claim: 'email/new@example.com' };
    world.state.consents.set(known.claim, known);
    world.dynamics.edit('lead-1', { emailaddress1: 'new@example.com' });
    const { consent, record } = world.readDynamics('lead-1');

    expect(consent).toMatchObject({
      consent: { claim: known.claim, optedOut: true, revision: 4 },
      expected: 3,
    });
    expect(record.consent).toEqual({ claim: known.claim, revision: 4, spreads: true });
  });

  it('is met again by whoever gave up the address, lifted the opt-out, and comes back to it', () => {
    const { world } = read(true);
    world.dynamics.edit('lead-1', { emailaddress1: 'new@example.com', donotbulkemail: false });
    expect(world.readDynamics('lead-1').record.fields['unsubscribed']?.value).toBe(false);
    world.dynamics.edit('lead-1', { emailaddress1: 'ada@example.com' });

    expect(world.readDynamics('lead-1').record.fields['unsubscribed']).toMatchObject({
      ...{ value: true, rule: 'opt-out-of-address' },
    });
  });

  it('is followed no more at an address of which nobody knows a wish', () => {
    const { world } = read(false, stored({ optedOut: false }));
    expect(world.record('dynamics/lead/lead-1').consent).toEqual({ claim, revision: 3 });
    world.dynamics.edit('lead-1', { emailaddress1: 'new@example.com' });

    expect(world.readDynamics('lead-1').record).not.toHaveProperty('consent');
  });

  it('is counted on from the last one that is known, where the store lost it', () => {
    const { world } = read(false, stored({ optedOut: false }));
    world.state.consents.clear();
    world.dynamics.edit('lead-1', { jobtitle: 'Engineer' });
    expect(world.readDynamics('lead-1').record.consent).toEqual({ claim, revision: 3 });
    world.dynamics.edit('lead-1', { donotbulkemail: true });

    expect(world.readDynamics('lead-1').consent).toMatchObject({ consent: { revision: 4 }, expected: 0 });
  });

  it('says nothing to a record whose mapping has no such field, or that has not shown it', () => {
    const mapping = exampleMapping.filter(({ field }) => field !== 'unsubscribed');
    const world = createWorld({ firstReadsComplete: false, mapping });
    world.state.consents.set(claim, stored());
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
    const { record, consent } = world.readDynamics('lead-1');
    expect(record.fields).not.toHaveProperty('unsubscribed');
    expect([record.consent, consent]).toEqual([undefined, null]);

    const unread = createWorld({ firstReadsComplete: false });
    unread.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
    const { fields, ...event } = unread.dynamics.change('lead-1', 'LIVE');
    const { donotbulkemail: _, ...shown } = fields ?? {};
    const decision = unread.handRow('lead-1', { ...event, fields: shown });
    expect(decision.record.fields).not.toHaveProperty('unsubscribed');
    expect([decision.consent, spreadId(decision.record)]).toEqual([null, null]);
  });

  it('is left behind with an address that is given up', () => {
    const { world } = read(false, stored());
    world.dynamics.edit('lead-1', { emailaddress1: null, donotbulkemail: false });
    const { consent } = world.readDynamics('lead-1');

    expect(consent).toBeNull();
    expect(world.state.consents.get(claim)).toEqual(stored());
  });

  it('is not heard by a row that is gone', () => {
    const { world } = read(false);
    world.dynamics.remove('lead-1');
    world.readDynamics('lead-1');
    world.state.consents.set(claim, stored());
    world.wakeUp(0);

    expect(world.record('dynamics/lead/lead-1').fields['unsubscribed']?.value).not.toBe(true);
  });
});
