import { appendFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitFirstLoad } from './firstLoad.ts';
import { awaitQuiet } from './quiet.ts';
import { chooseCast } from './cast.ts';
import { checkInvariants } from './checkInvariants.ts';
import { readDynamics } from './dataverseReader.ts';
import { expectFirstLoad, type Expected } from './expectations.ts';
import { explainDispute } from './explainDispute.ts';
import { howToLookAround } from './howToLookAround.ts';
import { readMarketo } from './marketoReader.ts';
import { DemoError } from './demoError.ts';
import { createMarketoLinks, type MarketoLinks } from './marketoLinks.ts';
import { openComposeWorld } from './openComposeWorld.ts';
import { openLocalWorld } from './openLocalWorld.ts';
import { isSynced } from './people.ts';
import { planPeople, type DemoPeople } from './planPeople.ts';
import { playScenario, type StepResult } from './playScenario.ts';
import { createProgress } from './progress.ts';
import { sidesTable, stepsTable, toResult, verdictLines, type DemoResult } from './report.ts';
import { createScenario } from './scenario.ts';
import type { Bundles } from './serviceBundles.ts';
import { assertRunning } from './services.ts';
import { openTopicReader, type TopicReader } from './topicReader.ts';
import { judge } from './verdict.ts';
import { createClosers, type Surroundings, type World } from './world.ts';

export type DemoOptions = {
  readonly size: number;
  readonly seed: number;
  /** Exits with the verdict instead of staying up. */
  readonly once: boolean;
  readonly against: 'local' | 'compose';
  readonly peopleFile?: string;
  readonly jsonFile?: string;
  /** Runs these services instead of building them. */
  readonly bundles?: Bundles;
};

const quietAfterLoadMs = 1_500;
const quietAtEndMs = 3_000;
const quietTimeoutMs = 90_000;
const judgementsMax = 3;
const linkedShareMin = 0.95;

/** Runs the whole demo. Resolves with the exit code: 0 when the verdict is clean, else 1. Rejects when it cannot be run. */
export async function runDemo(options: DemoOptions, surroundings: Surroundings): Promise<number> {
  const startedAtMs = performance.now();
  const closers = createClosers();
  try {
    if (options.jsonFile !== undefined) await assertWritable(options.jsonFile);
    const plan = await planPeople(options, surroundings.print);
    const open = options.against === 'compose' ? openComposeWorld : openLocalWorld;
    const { bundles } = options;
    const world = await open({ ...plan, ...(bundles && { bundles }) }, surroundings, closers);
    const reader = await openTopicReader(
      world.topics,
      `lockstep-demo-${process.pid}-${Math.round(startedAtMs)}`,
    );
    closers.add(() => reader.close());
    const run: Run = { options, surroundings, world, plan, reader, startedAtMs };
    const result = await showAndJudge(run);
    if (!options.once) await stayUp(run);
    return result.ok ? 0 : 1;
  } finally {
    await closers.closeAll();
  }
}

/** Two minutes later the verdict would be there, and nowhere to go. */
async function assertWritable(file: string): Promise<void> {
  await appendFile(file, '').catch(({ code }: NodeJS.ErrnoException) => {
    throw new DemoError('DEMO_JSON', `${file} cannot be written (${code ?? 'unknown reason'})`);
  });
}

type Run = {
  readonly options: DemoOptions;
  readonly surroundings: Surroundings;
  readonly world: World;
  readonly plan: DemoPeople;
  readonly reader: TopicReader;
  readonly startedAtMs: number;
};

const secondsSince = (startMs: number): number => Math.round((performance.now() - startMs) / 100) / 10;

async function showAndJudge(run: Run): Promise<DemoResult> {
  const { options, surroundings, world, plan } = run;
  const expected = new Map(plan.people.persons.map((person) => [person.id, expectFirstLoad(person)]));
  const links = createMarketoLinks(world.controls);
  const loadStartedAtMs = performance.now();
  const isLoaded = await showFirstLoad(run, links);
  const firstLoadSeconds = secondsSince(loadStartedAtMs);
  const steps = await showScenario(run, { links, expected, isLoaded });
  const findings = await judgeAfterQuiet(run, [...expected.values()], steps);
  const result = toResult({ ...findings, steps, firstLoadSeconds, seconds: secondsSince(run.startedAtMs) });
  for (const line of ['', findings.sides, stepsTable(steps), ...verdictLines(result)])
    surroundings.print(line);
  if (options.jsonFile !== undefined)
    await writeFile(options.jsonFile, `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

async function showFirstLoad({ surroundings, world, plan }: Run, links: MarketoLinks): Promise<boolean> {
  const { print, isTerminal, signal } = surroundings;
  const { persons } = plan.people;
  print(`First load: ${persons.length} people in Dynamics, some of them known to Marketo already`);
  const isLoaded = await awaitFirstLoad({
    links,
    progress: createProgress({ print, isTerminal, nowMs: () => performance.now() }),
    rowsTotal: persons.length,
    linksTotal: persons.filter(isSynced).length,
    metricsUrl: world.services?.extractor.healthUrl.replace('/health/ready', '/metrics') ?? null,
    signal,
    assertHealthy: () => assertHealthy(world),
  });
  if (isLoaded)
    await awaitQuiet(world.controls, { quietMs: quietAfterLoadMs, timeoutMs: quietTimeoutMs, signal });
  else print('  the first load stands still');
  return isLoaded;
}

async function assertHealthy({ services }: World): Promise<void> {
  if (services === null) return;
  for (const child of [services.extractor, services.marketing, services.reconciler])
    await assertRunning(child);
}

type Playing = {
  readonly links: MarketoLinks;
  readonly expected: Map<string, Expected>;
  readonly isLoaded: boolean;
};

async function showScenario(
  { surroundings, world, plan, reader }: Run,
  { links, expected, isLoaded }: Playing,
): Promise<readonly StepResult[]> {
  const { print, signal } = surroundings;
  const cast = chooseCast(plan.generated, plan.newcomer);
  const steps = createScenario({ controls: world.controls, links, cast });
  if (!isLoaded) return steps.map(({ title }) => ({ title, ms: null }));
  print('\nWhat happens from now on is live:');
  expected.set(cast.created.id, expectFirstLoad(cast.created));
  return playScenario(steps, expected, {
    print,
    signal,
    explain: (dispute) => explainDispute(reader.messages, dispute, { print, signal }),
  });
}

/** Judges once more while something is amiss: on a busy machine a write may come after a silence. What is lost stays lost. */
async function judgeAfterQuiet(run: Run, expected: readonly Expected[], steps: readonly StepResult[]) {
  const { print, signal } = run.surroundings;
  print('Waiting until both sides are quiet ...');
  for (let judgement = 1; ; judgement += 1) {
    await awaitQuiet(run.world.controls, { quietMs: quietAtEndMs, timeoutMs: quietTimeoutMs, signal });
    const findings = await judgeBothSides(run, expected, steps);
    const isClean = findings.verdict.failures.length + findings.invariants.failures.length === 0;
    if (isClean || judgement === judgementsMax) return findings;
  }
}

async function judgeBothSides(
  { world, plan, reader, surroundings }: Run,
  expected: readonly Expected[],
  steps: readonly StepResult[],
) {
  const sides = {
    dynamics: await readDynamics(world.systems.dataverse),
    marketo: await readMarketo(world.systems.marketo),
  };
  const linkedPairsMin = Math.floor(plan.people.persons.length * linkedShareMin);
  const { marketoOnly } = plan.people;
  const verdict = judge({ ...sides, expected, marketoOnly, steps, linkedPairsMin });
  await reader.catchUp(surroundings.signal);
  const invariants = await checkInvariants(world.controls, reader.messages, world.mongo);
  return { verdict, invariants, sides: sidesTable(sides, expected, verdict) };
}

async function stayUp({ surroundings, world }: Run): Promise<void> {
  const { print, signal } = surroundings;
  for (const line of howToLookAround(world)) print(line);
  const forever = 2 ** 31 - 1;
  await sleep(forever, undefined, { signal }).catch(() => undefined);
  print('Stopping ...');
}
