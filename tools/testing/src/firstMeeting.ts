import { setTimeout as sleep } from 'node:timers/promises';
import { addRehearsals, emptyRehearsal, type Rehearsal, type SideForecast } from '@lockstep/pipelines';
import { readBothSides } from './differencesBetween.ts';
import { makeMeeting, type MeetingSize } from './firstMeetingPeople.ts';
import { askOperator, OperatorRefusal, operatorToken } from './operatorClient.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

/** One number that was foretold, and what the emulators' own logs say that happened. */
export type Foretold = { readonly what: string; readonly forecast: number; readonly actual: number };

export type MeetingReport = {
  readonly size: MeetingSize;
  readonly numbers: readonly Foretold[];
  /** Seconds until the rehearsal was final, and from `go` until both sides were quiet. */
  readonly rehearseSeconds: number;
  readonly writeSeconds: number;
};

const quietMs = 6_000;
const pollMs = 1_000;
/** Records of one answer, as many as the API gives. */
const pageSize = 500;

type Page = { readonly counts: Rehearsal; readonly next: string | null; readonly isFinal: boolean };
type Final = { readonly rehearsal: Rehearsal; readonly isFinal: boolean };

/** Told how far it is, in words; every second or two. */
export type OnProgress = (text: string) => void;

/** Lets two sides meet for the first time: rehearses, writes, and counts in the emulators what was foretold. */
export async function meetFirst(
  size: MeetingSize,
  timeoutMs: number,
  onProgress: OnProgress = () => undefined,
): Promise<MeetingReport> {
  const settings = { API_TOKEN: operatorToken, WRITE_TO_DYNAMICS: 'observe', WRITE_TO_MARKETO: 'observe' };
  const lockstep = await startLockstep({ seed: makeMeeting(size), settings });
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const startedMs = performance.now();
    const { rehearsal } = await untilFinal(lockstep, late, onProgress);
    const readyMs = performance.now();
    const before = await lastStates(lockstep);
    await go(lockstep);
    const endedMs = await untilQuiet(lockstep, late, onProgress);
    const left = (await rehearse(lockstep)).rehearsal;
    const sides = await writtenSince(lockstep, before);
    return {
      ...{ size, numbers: compare(rehearsal, { ...left, sides }) },
      rehearseSeconds: Math.round((readyMs - startedMs) / 1_000),
      writeSeconds: Math.round((endedMs - readyMs) / 1_000),
    };
  } finally {
    await lockstep.close();
  }
}

const busyTriesMax = 30;

/** A database that is busy with a first load may not answer in time: that is asked again. */
async function ask<Answer>(
  { processes }: Pick<Lockstep, 'processes'>,
  path: string,
  body?: object,
  tries = 0,
): Promise<Answer> {
  try {
    return await askOperator<Answer>(processes.reconciler, path, body);
  } catch (error) {
    const isBusy = error instanceof OperatorRefusal && error.status === 503;
    if (!isBusy || tries >= busyTriesMax) throw error;
  }
  await sleep(pollMs);
  return ask({ processes }, path, body, tries + 1);
}

async function rehearse(lockstep: Lockstep): Promise<Final> {
  let [rehearsal, isFinal, after] = [emptyRehearsal, true, ''];
  for (;;) {
    const page = await ask<Page>(lockstep, pagePath(pageSize, after));
    rehearsal = addRehearsals(rehearsal, page.counts);
    isFinal &&= page.isFinal;
    if (page.next === null) return { rehearsal, isFinal };
    after = page.next;
  }
}

const pagePath = (limit: number, after = ''): string =>
  `/v1/rehearsal?limit=${limit}${after && `&after=${encodeURIComponent(after)}`}`;

/** Twice the same, since a wake-up may be on its way between two topics. All records are read only when one says that nothing lags. */
async function untilFinal(lockstep: Lockstep, late: AbortSignal, onProgress: OnProgress): Promise<Final> {
  for (let former = ''; ;) {
    await lockstep.services.assertRunning();
    if (late.aborted) throw new Error(`not final: ${former}\n${await lockstep.services.lastLines()}`);
    await sleep(2 * pollMs);
    onProgress(former === '' ? 'both sides are read' : `rehearsed: ${former}`);
    if (!(await ask<Page>(lockstep, pagePath(1))).isFinal) continue;
    const found = await rehearse(lockstep);
    const text = JSON.stringify(found.rehearsal);
    if (found.isFinal && found.rehearsal.records.undecided === 0 && text === former) return found;
    former = text;
  }
}

async function go(lockstep: Lockstep): Promise<void> {
  for (const target of ['reconciler/to-dynamics', 'reconciler/to-marketo'])
    await ask(lockstep, '/v1/control', { action: 'resume', target, actor: 'first meeting' });
}

type States = { readonly dynamics: number; readonly marketo: number };

const lastStates = async ({ dynamics, marketo }: Lockstep): Promise<States> => ({
  dynamics: await dynamics.control.lastState(),
  marketo: await marketo.control.lastState(),
});

/** When neither side has changed for a while, nothing is foretold and every write is answered; answers when the last change was. */
async function untilQuiet(lockstep: Lockstep, late: AbortSignal, onProgress: OnProgress): Promise<number> {
  let [seen, movedMs] = ['', performance.now()];
  for (;;) {
    await lockstep.services.assertRunning();
    if (late.aborted) throw new Error(`not quiet: ${seen}\n${await lockstep.services.lastLines()}`);
    await sleep(pollMs);
    const now = JSON.stringify(await lastStates(lockstep));
    onProgress(`changes of each side: ${now}`);
    if (now !== seen) [seen, movedMs] = [now, performance.now()];
    if (performance.now() - movedMs < quietMs) continue;
    const { rehearsal } = await rehearse(lockstep);
    const isDone = Object.values(rehearsal.sides).every(({ creates, updates }) => isEmpty(creates, updates));
    if (!isDone || !(await isAnswered(lockstep))) continue;
    if (JSON.stringify(await lastStates(lockstep)) === seen) return movedMs;
  }
}

type Status = { readonly lag: Counts; readonly waiting: readonly object[] };

/** A side shows a creation before its answer is kept. */
async function isAnswered(lockstep: Lockstep): Promise<boolean> {
  const { lag, waiting } = await ask<Status>(lockstep, '/v1/status');

  return waiting.length === 0 && Object.values(lag).every((messages) => messages === 0);
}

const isEmpty = (...counts: readonly object[]): boolean =>
  counts.every((count) => Object.keys(count).length === 0);

type Written = { readonly sequence: number; readonly operation: string; readonly table: string } & {
  readonly actorKind: string;
  readonly changed: object;
};

/** What our own users did since, by the logs of both emulators. */
async function writtenSince(lockstep: Lockstep, since: States): Promise<Rehearsal['sides']> {
  const { dynamics, marketo } = await readBothSides(lockstep);
  const ours = (states: readonly Written[], after: number): SideForecast =>
    states
      .filter(({ sequence, actorKind }) => sequence > after && actorKind === 'application')
      .map(countState)
      .reduce(
        (sum, side) => addRehearsals(alone(sum), alone(side)).sides.marketo,
        emptyRehearsal.sides.marketo,
      );

  return { dynamics: ours(dynamics.states, since.dynamics), marketo: ours(marketo.states, since.marketo) };
}

const alone = (marketo: SideForecast): Rehearsal => ({
  ...emptyRehearsal,
  sides: { ...emptyRehearsal.sides, marketo },
});

/** What Dynamics itself notes of every write. */
const stamped: ReadonlySet<string> = new Set(['modifiedon', '_modifiedby_value']);

function countState({ operation, table, changed }: Written): SideForecast {
  const [one, none] = [{ [table]: 1 }, emptyRehearsal.sides.marketo];
  if (operation === 'create') return { ...none, creates: one };
  if (operation !== 'update') return { ...none, others: one };
  const fields = Object.keys(changed)
    .filter((field) => !stamped.has(field))
    .map((field) => [`${table}.${field}`, 1] as const);

  return { ...none, updates: one, fields: Object.fromEntries(fields) };
}

/** Whoever is created is linked; whoever was ambiguous still is. */
function compare(foretold: Rehearsal, actual: Rehearsal): Foretold[] {
  const created = foretold.sides.marketo.creates['person'] ?? 0;
  const { persons, linked, ambiguous } = foretold.records;

  return [
    { what: 'persons', forecast: persons, actual: actual.records.persons },
    { what: 'linked', forecast: linked + created, actual: actual.records.linked },
    { what: 'ambiguous', forecast: ambiguous, actual: actual.records.ambiguous },
    ...(['dynamics', 'marketo'] as const).flatMap((side) =>
      (['creates', 'updates', 'fields', 'others'] as const).flatMap((kind) =>
        pairs(`${side} ${kind}`, foretold.sides[side][kind], actual.sides[side][kind]),
      ),
    ),
  ];
}

type Counts = Readonly<Record<string, number>>;

const pairs = (what: string, forecast: Counts, actual: Counts): Foretold[] =>
  [...new Set([...Object.keys(forecast), ...Object.keys(actual)])].sort().map((name) => ({
    ...{ what: `${what} ${name}`, forecast: forecast[name] ?? 0, actual: actual[name] ?? 0 },
  }));
