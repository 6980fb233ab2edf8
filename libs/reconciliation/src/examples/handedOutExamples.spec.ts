import { accountFields, accountId, createEntityStory } from './exampleEntities.ts';
import { linkedPair } from './examplePairs.ts';
import { exampleMapping } from './exampleParts.ts';
import { createWorld } from './exampleWorld.ts';

/** The worked examples of docs/architecture.md about what a decision hands out: the record, events, commands and writes. */

const mapping = exampleMapping.filter(({ field }) => ['crmType', 'jobTitle', 'email'].includes(field));
const nowMs = Date.parse('2026-11-22T10:00:00Z');
const decidedAt = '2026-11-22T10:00:00.000Z';

/** A lead that is met for the first time. */
function met(options: Parameters<typeof createWorld>[0] = {}, lane: 'LIVE' | 'BACKFILL' = 'LIVE') {
  const world = createWorld({ mapping, ...options });
  world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer', emailaddress1: 'ada@example.com' });
  return { world, decision: world.readDynamics('lead-1', lane) };
}

describe('what follows from a row that is met', () => {
  const changed = (field: string, after: string | boolean, rule: string) => ({
    ...{ field, before: null, after, source: 'dynamics', rule },
  });

  it('is an event with every value, what changed, and by what', () => {
    expect(met().decision.goldenEvent).toEqual({
      eventId: 'golden/lead-1/1.1',
      goldenId: 'golden/lead-1',
      revision: { epoch: 1, number: 1 },
      kind: 'lead',
      mergedInto: null,
      rows: [{ system: 'dynamics', table: 'lead', id: 'lead-1', active: true, deleted: false }],
      fields: {
        ...{ lockstepId: 'golden/lead-1', crmId: 'lead-1', crmType: 'Lead', crmIsDeleted: false },
        ...{ jobTitle: 'Engineer', email: 'ada@example.com' },
      },
      changed: [
        changed('email', 'ada@example.com', 'first-value'),
        changed('jobTitle', 'Engineer', 'first-value'),
        changed('lockstepId', 'golden/lead-1', 'mirror'),
        changed('crmId', 'lead-1', 'mirror'),
        changed('crmType', 'Lead', 'mirror'),
        changed('crmIsDeleted', false, 'mirror'),
      ],
      conflicts: [],
      causeEventId: 'dynamics/lead-1/101',
      causeSystem: 'dynamics',
      lane: 'LIVE',
      decidedAt,
      rules: null,
    });
  });

  it.each([
    ['LIVE', 120_000],
    ['BACKFILL', 900_000],
  ] as const)('is a command in the lane %s, and an entry that is looked at after %i ms', (lane, afterMs) => {
    const { decision } = met({ matchByEmail: true }, lane);
    const command = {
      commandId: 'golden/lead-1/1.1/marketo',
      goldenId: 'golden/lead-1',
      revision: { epoch: 1, number: 1 },
      operation: 'CREATE',
      personId: null,
      email: 'ada@example.com',
      matchByEmail: true,
      fields: { crmType: 'Lead', email: 'ada@example.com', title: 'Engineer' },
      lane,
      issuedAt: decidedAt,
    };

    expect(decision.commands).toEqual([command]);
    expect(decision.record.outbox).toEqual([
      {
        ...{ kind: 'marketo-write', entryId: command.commandId, command, unknown: false, attempts: 0 },
        dueAtMs: nowMs + afterMs,
      },
      { kind: 'golden-event', entryId: 'golden/lead-1/1.1', event: decision.goldenEvent },
    ]);
    expect(decision.record.dueAtMs).toBe(nowMs + afterMs);
    expect(decision).toMatchObject({ dirty: true, nothing: null, relinks: null, consent: null });
  });

  it('is a record of one row, of which the rest is empty', () => {
    const { decision } = met({ firstReadsComplete: false });
    const { fields, outbox, ...record } = decision.record;
    const at = { epoch: 1, number: 101 };

    expect(record).toEqual({
      goldenId: 'golden/lead-1',
      revision: { epoch: 1, number: 1 },
      kind: 'lead',
      aliasOf: null,
      rows: [
        {
          ...{ system: 'dynamics', table: 'lead', id: 'lead-1', active: true, page: { epoch: 1, number: 1 } },
          ...{ deletedAt: null, missing: false, version: at, filter: null, decidedEvidence: [] },
          seen: { email: { value: 'ada@example.com', at }, jobTitle: { value: 'Engineer', at } },
          ...{ inFlight: {}, parked: {} },
        },
      ],
      waiting: { cause: 'first-reads', code: null, dueAtMs: Number.MAX_SAFE_INTEGER },
      conflicts: [],
      lane: 'LIVE',
      dueAtMs: null,
    });
    expect(fields['jobTitle']).toEqual({
      ...{ value: 'Engineer', source: 'dynamics', changedAt: null, rule: 'first-value' },
      ...{ eventId: 'dynamics/lead-1/101', agreed: false },
    });
    expect(outbox.map(({ kind }) => kind)).toEqual(['golden-event']);
  });
});

describe('what follows from an edit in Marketo', () => {
  it('is a write to Dynamics guarded by the version that is known', () => {
    const { world, person } = linkedPair('lead', { jobtitle: 'Engineer' }, { mapping });
    world.marketo.write(person, { title: 'Architect' });
    const { dynamicsWrites, record, goldenEvent } = world.readMarketo(person);
    const entry = {
      kind: 'dynamics-write',
      entryId: `golden/lead-1/1.${record.revision.number}/dynamics`,
      table: 'lead',
      rowId: 'lead-1',
      ifMatch: { epoch: 1, number: 101 },
      columns: { jobtitle: 'Architect' },
      issuedAt: '2026-11-22T10:00:00.000Z',
      attempts: 0,
      dueAtMs: nowMs + 15_000,
    };

    expect(dynamicsWrites).toEqual([entry]);
    expect(record.outbox[0]).toEqual(entry);
    expect(record.dueAtMs).toBe(nowMs + 15_000);
    expect(record.rows[0]?.inFlight).toEqual({
      jobTitle: { value: 'Architect', revision: record.revision },
    });
    expect(goldenEvent?.changed).toEqual([
      { field: 'jobTitle', before: 'Engineer', after: 'Architect', source: 'marketo', rule: 'changed' },
    ]);
    expect(record.fields['jobTitle']).toMatchObject({ base: 'Engineer', agreed: false });
  });

  it('is named by what caused it: an answer, a request, or a look at what is due', () => {
    const { world, person } = linkedPair('lead', { jobtitle: 'Engineer' }, { mapping });
    world.wish('dynamics/lead/lead-1', 'read-again');
    world.marketo.write(person, { title: 'Architect' });
    const [read] = world.state.decisions.flatMap(({ commands }) => commands).slice(-1);
    world.carryOut();
    const event = world.state.decisions.flatMap(({ goldenEvent }) => goldenEvent ?? []).at(-1);

    expect(read?.operation).toBe('READ');
    expect(event).toMatchObject({ causeEventId: read?.commandId, causeSystem: 'marketo', lane: 'LIVE' });
  });

  it('is tried again twice as late each time, up to ten minutes, while nobody answers', () => {
    const { world, person } = linkedPair('lead', { jobtitle: 'Engineer' }, { mapping });
    world.marketo.write(person, { title: 'Architect' });
    world.readMarketo(person);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      const { dueAtMs } = world.record('dynamics/lead/lead-1');
      world.wakeUp((dueAtMs ?? 0) - world.state.nowMs);
      const next = world.record('dynamics/lead/lead-1');
      waits.push(((next.dueAtMs ?? 0) - world.state.nowMs) / 1000);
      expect(world.state.decisions.at(-1)?.dynamicsWrites).toMatchObject([{ attempts: attempt }]);
    }

    expect(waits).toEqual([30, 60, 120, 240, 480, 600, 600, 600]);
  });
});

describe('a record that a later version has written', () => {
  it('keeps what this one does not know', () => {
    const { world, row } = linkedPair('lead', { jobtitle: 'Engineer' }, { mapping });
    const { goldenId, rows, ...parts } = world.record(`dynamics/lead/${row}`);
    const later = { ...parts, goldenId, rows: rows.map((each) => ({ ...each, later: 1 })), later: 2 };
    world.state.records.set(goldenId, later);
    world.dynamics.edit(row, { jobtitle: 'Director' });

    expect(world.readDynamics(row).record).toMatchObject({ rows: [{ later: 1 }, { later: 1 }], later: 2 });
  });
});

describe('what changes nothing', () => {
  it('is not saved, and keeps the record as it is', () => {
    const { world } = linkedPair('lead', { jobtitle: 'Engineer' }, { mapping });
    const before = world.record('dynamics/lead/lead-1');
    world.wakeUp(0);
    const decision = world.state.decisions.at(-1);

    expect(decision).toMatchObject({ dirty: false, goldenEvent: null, commands: [], dynamicsWrites: [] });
    expect(decision?.record).toBe(before);
    expect(decision).toMatchObject({ claimsAdded: [], claimsRemoved: [], forwards: [], conflicts: [] });
  });
});

describe('a record beside persons', () => {
  it('has an event of no kind of person, and a command that names what it is in Marketo', () => {
    const { row } = createEntityStory();
    const { goldenEvent, commands, record } = row(1, accountFields);

    expect(goldenEvent).toMatchObject({ kind: null, causeSystem: 'dynamics' });
    expect(goldenEvent?.rows).toEqual([
      { system: 'dynamics', table: 'account', id: accountId, active: true, deleted: false },
    ]);
    expect(commands).toMatchObject([{ entity: 'company', operation: 'UPSERT', personId: null, email: null }]);
    expect(record).toMatchObject({ entity: 'account' });
    expect(Object.keys(record.fields)).not.toContain('crmId');
  });
});
