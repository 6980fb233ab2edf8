import { linkedPair, strangers } from './examplePairs.ts';
import { createWorld } from './exampleWorld.ts';
import type { MappingRow } from '../mapping.ts';
import { exampleMapping } from './exampleParts.ts';

/** The worked examples of docs/conflict-resolution.md about which command goes to Marketo, and which one waits. */

/** A command of the backfill lane is open. */
function backfilling() {
  const pair = linkedPair('lead', { jobtitle: 'Engineer', address1_city: 'Lyon' });
  pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
  pair.world.readDynamics(pair.row, 'BACKFILL');
  return pair;
}

describe('an open command of the backfill lane', () => {
  it('is overtaken by a fresh edit, which carries its values too', () => {
    const { world, row } = backfilling();
    world.dynamics.edit(row, { address1_city: 'Nantes' });
    const { commands, record } = world.readDynamics(row);

    expect(commands).toMatchObject([{ lane: 'LIVE', fields: { title: 'Director', city: 'Nantes' } }]);
    expect(record.outbox.filter(({ kind }) => kind === 'marketo-write')).toMatchObject([
      { overtaken: [{ title: 'Director' }] },
    ]);
  });

  it.each([
    ['an edit of the same lane', 'BACKFILL', { address1_city: 'Nantes' }],
    ['an event that changes nothing', 'LIVE', { new_other: '1' }],
  ] as const)('is not overtaken by %s', (_, lane, columns) => {
    const { world, row } = backfilling();
    world.dynamics.edit(row, columns);

    expect(world.readDynamics(row, lane).commands).toEqual([]);
  });

  it('is not overtaken while nobody knows what became of it', () => {
    const { world, row } = backfilling();
    world.carryOut({ loseAnswers: true });
    world.dynamics.edit(row, { address1_city: 'Nantes' });

    expect(world.readDynamics(row).commands).toEqual([]);
  });

  it('of the live lane is waited for by every edit', () => {
    const { world, row } = linkedPair('lead', { jobtitle: 'Engineer' });
    for (const jobtitle of ['Director', 'President']) {
      world.dynamics.edit(row, { jobtitle });
      world.readDynamics(row);
    }

    expect(world.state.open).toHaveLength(1);
  });

  it('remembers the last five that were overtaken', () => {
    const { world, row } = linkedPair('lead', { jobtitle: 'Engineer' });
    for (let turn = 0; turn < 7; turn += 1) {
      world.dynamics.edit(row, { jobtitle: `Title ${turn}` });
      world.readDynamics(row, 'BACKFILL');
      world.dynamics.edit(row, { address1_city: `City ${turn}` });
      world.readDynamics(row);
      const [entry] = world.record('dynamics/lead/lead-1').outbox;
      if (entry?.kind === 'marketo-write') Object.assign(entry.command, { lane: 'BACKFILL' });
    }
    const [entry] = world.record('dynamics/lead/lead-1').outbox;

    expect(entry?.kind === 'marketo-write' && entry.overtaken).toHaveLength(5);
  });
});

describe('what is told to Marketo', () => {
  it('holds nothing that only Dynamics is told, and nothing that is only held', () => {
    const hidden: MappingRow = {
      ...{ field: 'hidden', type: 'string', direction: 'none', marketo: 'hidden' },
      columns: { lead: 'new_hidden' },
    };
    const mapping = [...exampleMapping, hidden];
    const { world, row, person } = linkedPair('lead', { new_hidden: 'x' }, { mapping });
    world.marketo.write(person, { leadScore: 75 });
    world.settle();
    world.marketo.remove(person);
    world.readMarketo(person);
    world.dynamics.edit(row, { jobtitle: 'Director', new_hidden: 'y' });
    const { commands, record } = world.readDynamics(row);

    expect(record.fields).toMatchObject({ leadScore: { value: 75 }, hidden: { value: 'y' } });
    expect(commands).toMatchObject([{ operation: 'CREATE', personId: null, fields: { title: 'Director' } }]);
    expect(commands[0]?.fields).not.toHaveProperty('leadScore');
    expect(commands[0]?.fields).not.toHaveProperty('hidden');
  });

  it('is nothing while its person is missing, whatever is edited', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    world.marketo.remove(person);
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    world.carryOut();
    expect(world.record('dynamics/lead/lead-1').waiting?.cause).toBe('marketo-missing');
    world.dynamics.edit(row, { jobtitle: 'President' });

    expect(world.readDynamics(row).commands).toEqual([]);
    expect(world.record('dynamics/lead/lead-1').waiting?.cause).toBe('marketo-missing');
  });
});

describe('a row that asks for a person', () => {
  it('asks its record for ninety seconds, and waits for two minutes', () => {
    const { world } = strangers({}, {});
    const decision = world.state.decisions.find(({ forwards }) => forwards.length > 0);

    expect(decision?.forwards).toEqual([
      {
        ...{ kind: 'wake-up', goldenId: 'golden/1001', reason: 'join', target: 'golden/lead-1' },
        until: '2026-11-22T10:01:30Z',
      },
    ]);
    expect(decision?.record.waiting).toEqual({
      ...{ cause: 'join', code: null, dueAtMs: world.state.nowMs + 120_000 },
    });
  });

  it('is answered with the person as it was seen last, under its own number', () => {
    const { world, person } = strangers({}, { title: 'Architect' });
    const [decision] = world.state.decisions.filter(({ relinks }) => relinks !== null);
    const page = decision?.record.rows[0]?.page;

    expect(decision).toMatchObject({
      relinks: { rowKeys: [`marketo/person/${person}`], to: 'golden/lead-1' },
      record: { aliasOf: 'golden/lead-1', waiting: null },
      forwards: [
        {
          ...{ kind: 'event', goldenId: 'golden/lead-1', system: 'marketo', table: 'lead', written: null },
          event: {
            ...{ eventId: 'join/golden/1001', operation: 'SNAPSHOT', recordId: person, version: null, page },
            ...{ changedAt: null, changedBy: null, lane: 'BACKFILL', mergedInto: null, evidence: null },
            observedAt: '2026-11-22T10:00:00Z',
            fields: { title: 'Architect', email: 'Ada@Example.com' },
          },
        },
      ],
    });
  });

  it('is not answered any more when its time is over, nor by a record that belongs to another', () => {
    const world = createWorld({ firstReadsComplete: false });
    const person = world.marketo.create({ email: 'ada@example.com' });
    world.readMarketo(person);
    const ask = (target: string, until: string | null) =>
      world.handAnswer({ kind: 'wake-up', goldenId: 'golden/1001', reason: 'join', target, until });

    expect(ask('golden/lead-1', '2026-11-22T10:00:00Z')).toMatchObject({ nothing: 'stale', relinks: null });
    expect(ask('golden/lead-1', '2026-11-22T10:00:01Z').record.aliasOf).toBe('golden/lead-1');
    expect(ask('golden/lead-1', '2026-11-22T10:00:00Z').relinks).not.toBeNull();
    expect(ask('golden/lead-2', null)).toMatchObject({ nothing: 'stale', relinks: null });
  });
});
