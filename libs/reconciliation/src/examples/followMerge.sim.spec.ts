import fc from 'fast-check';
import { activeRow } from '../decision.ts';
import { createWorld, type World } from './exampleWorld.ts';
import type { GoldenRecord } from '../goldenRecord.ts';
import type { LinkedRow } from '../linkedRow.ts';
import { isAwaited } from '../outbox.ts';

/** Whatever happens around merges on both sides, in any order of reading, what both sides show in the end fits together (G-31). */

const slots = 3;
const rowAt = (slot: number): string => `lead-${slot}`;

const simple = ['edit row', 'edit person', 'read row', 'read person', 'delete person'] as const;

type Act =
  | { readonly do: (typeof simple)[number]; readonly slot: number }
  | { readonly do: 'merge persons' | 'merge rows'; readonly slot: number; readonly into: number }
  | { readonly do: 'filter'; readonly slot: number; readonly value: boolean }
  | { readonly do: 'carry out'; readonly loseAnswers: boolean }
  | { readonly do: 'wake up'; readonly elapsedMs: number };

const slot = fc.nat({ max: slots - 1 });
const acts = fc.array(
  fc.oneof(
    fc.record({ do: fc.constantFrom(...simple), slot }),
    fc.record({ do: fc.constantFrom('merge persons', 'merge rows'), slot, into: slot }),
    fc.record({ do: fc.constant('filter'), slot, value: fc.boolean() }),
    fc.record({ do: fc.constant('carry out'), loseAnswers: fc.boolean() }),
    fc.record({ do: fc.constant('wake up'), elapsedMs: fc.constantFrom(1, 20_000, 130_000) }),
  ) as fc.Arbitrary<Act>,
  { minLength: 3, maxLength: 14 },
);

/** Pairs of a row and a person; the last person has no row. */
function createPairs(): { readonly world: World; readonly persons: readonly string[] } {
  const world = createWorld();
  world.state.policy = { ...world.state.policy, mergedInMarketo: 'follow', mergedInDynamics: 'follow' };
  const persons = Array.from({ length: slots - 1 }, (_, at) => {
    world.dynamics.insert('lead', rowAt(at), { jobtitle: `title ${at}`, statecode: 0 });
    world.readDynamics(rowAt(at));
    world.settle();
    return world.marketo.ids().at(-1) ?? '';
  });
  const free = world.marketo.create({ title: 'free' });
  world.readMarketo(free);

  return { world, persons: [...persons, free] };
}

type Stage = ReturnType<typeof createPairs> & {
  edits: number;
  rowMerges: Set<string>;
  winners: Map<string, string>;
};

const isOpenRow = ({ dynamics }: World, row: string): boolean =>
  dynamics.version(row) !== null && dynamics.column(row, 'merged') !== true;

function act(stage: Stage, step: Act): void {
  const { world, persons } = stage;
  const { dynamics, marketo } = world;
  switch (step.do) {
    case 'carry out':
      return world.carryOut({ loseAnswers: step.loseAnswers });
    case 'wake up':
      return world.wakeUp(step.elapsedMs);
    case 'merge rows':
      return mergeRows(stage, rowAt(step.slot), rowAt(step.into));
    case 'merge persons': {
      const [loser = '', winner = ''] = [persons[step.slot], persons[step.into]];
      if (loser === winner || !marketo.fields(loser) || !marketo.fields(winner)) return;
      stage.winners.set(loser, winner);
      return void marketo.merge(winner, loser);
    }
    case 'filter':
      return isOpenRow(world, rowAt(step.slot))
        ? dynamics.edit(rowAt(step.slot), { new_synctomkto: step.value })
        : undefined;
    default:
      return editOrRead(stage, step);
  }
}

function mergeRows({ world, rowMerges }: Stage, loser: string, winner: string): void {
  if (loser === winner || !isOpenRow(world, loser) || !isOpenRow(world, winner)) return;
  rowMerges.add(loser);
  world.dynamics.edit(loser, { merged: true, masterid: `lead/${winner}`, statecode: 2 });
}

function editOrRead(stage: Stage, { do: what, slot: at }: Extract<Act, { slot: number }>): void {
  const { world, persons } = stage;
  const [row, person = ''] = [rowAt(at), persons[at]];
  if (what.endsWith('row')) return isOpenRow(world, row) ? editOrReadRow(stage, what, row) : undefined;
  if (what === 'read person') world.readMarketo(person);
  if (what === 'delete person') world.marketo.remove(person);
  if (what === 'edit person') world.marketo.write(person, { title: `edit ${(stage.edits += 1)}` });
}

function editOrReadRow(stage: Stage, what: Act['do'], row: string): void {
  if (what === 'read row') stage.world.readDynamics(row);
  else stage.world.dynamics.edit(row, { jobtitle: `edit ${(stage.edits += 1)}` });
}

/** Everything is read and has its time, and every row is in. */
function end({ world, persons }: Stage): void {
  for (let at = 0; at < slots - 1; at += 1)
    if (isOpenRow(world, rowAt(at))) world.dynamics.edit(rowAt(at), { new_synctomkto: true });
  for (let round = 0; round < 6; round += 1) {
    for (const person of persons) world.readMarketo(person);
    world.settle();
    world.wakeUp(3_600_000);
  }
  world.settle();
}

const recordsOf = ({ state }: World): readonly GoldenRecord[] =>
  [...state.records.values()].filter(({ aliasOf }) => !aliasOf);

/** Somebody deleted it, or the one that it was merged into in the end. */
function isGone(
  { world, winners }: Pick<Stage, 'world' | 'winners'>,
  { id }: Pick<LinkedRow, 'id'>,
): boolean {
  const winner = winners.get(id);
  if (winner !== undefined) return isGone({ world, winners }, { id: winner });

  return world.marketo.fields(id) === null;
}

function checkEnd(stage: Stage): void {
  const records = recordsOf(stage.world);
  for (const record of records) checkRecord(stage, record);
  const persons = records.flatMap((record) => activeRow(record, 'marketo')?.id ?? []);
  const there = persons.filter((id) => stage.world.marketo.fields(id));
  expect(there.toSorted()).toEqual(stage.world.marketo.ids().toSorted());
}

function checkRecord(stage: Stage, record: GoldenRecord): void {
  const [row, person] = [activeRow(record, 'dynamics'), activeRow(record, 'marketo')];
  expect(record.outbox.filter(isAwaited)).toEqual([]);
  expect(record.waiting?.code ?? 'PERSON_MERGED').toBe('PERSON_MERGED');
  if (row && person) checkPair(stage, { row, person, isInReview: record.waiting !== null });
}

type Pair = { readonly row: LinkedRow; readonly person: LinkedRow; readonly isInReview: boolean };

function checkPair(stage: Stage, { row, person, isInReview }: Pair): void {
  const { dynamics, marketo } = stage.world;
  const isMerged = dynamics.column(row.id, 'merged') === true;
  if (isMerged && !stage.rowMerges.has(row.id)) expect(person.mergedInto).toBeDefined();
  if (isMerged || isInReview || isGone(stage, person)) return;
  expect(marketo.fields(person.id)?.['title']).toBe(dynamics.column(row.id, 'jobtitle'));
}

it('ends with pairs that are in step, and rows that were merged for a reason', () => {
  fc.assert(
    fc.property(acts, (steps) => {
      const stage: Stage = { ...createPairs(), edits: 0, rowMerges: new Set(), winners: new Map() };
      for (const step of steps) act(stage, step);
      end(stage);
      checkEnd(stage);
    }),
    { numRuns: 800, seed: 2026_11_29 },
  );
});
