import { startLocalStack, type LocalStack, type ServiceFaults } from '@lockstep/local-stack';
import { createRandom } from '@lockstep/simulation';
import { judgeOnceCaughtUp, lookUntil, readHistory, type Judged } from '../judgeHistory.ts';
import { closeInReverse, type Closers } from '../openBacking.ts';
import { makePersons, makeRows, toSeed } from '../seedPeople.ts';
import { startLockstep, type Lockstep } from '../startLockstep.ts';
import { companyOf, createAccounts, differencesOfAccounts, tables } from './accounts.ts';
import { injectSyncFaults, type FaultPlaces } from './injectSyncFaults.ts';
import { keepEditing, type Edited, type Edits } from './keepEditing.ts';
import { keepServices, type KeptServices } from './keepServices.ts';
import { lanes, planSyncFaults, type Lane, type SyncFault, type SyncPlan } from './planSyncFaults.ts';

export type SyncOptions = {
  readonly onFault: (fault: SyncFault) => void;
  readonly signal: AbortSignal;
};

/** What came of a run; the findings name what breaks a rule. */
export type SyncReport = Judged & {
  readonly plan: SyncPlan;
  readonly seconds: number;
  /** From the end of faults and edits until nothing was found, or nothing more was waited for. */
  readonly restSeconds: number;
  readonly faults: Readonly<Partial<Record<SyncFault, number>>>;
  readonly edits: Edits;
  /** What of accounts, opportunities and the companies of people is not in Marketo, one sentence each. */
  readonly accounts: readonly string[];
  /** Processes that ended although nobody killed them, with their last lines. */
  readonly endings: readonly string[];
};

/** Only processes of this machine can be made to crash; containers stay up. */
const provider = process.env['LOCKSTEP_STACK'] === 'docker' ? 'docker' : 'native';
/** A command that is lost is sent again after 120 s, an unheard answer is settled after 95 s, and one may follow the other. */
const restMs = 400_000;

/**
 * Lets services, the broker, the database and calls to both systems fail while people edit, create and delete on both sides,
 * two processes of each service running; then judges by both systems' own logs, the topics and the database. One seed gives one
 * sequence of faults, pauses and edits. Rejects at the signal, closed.
 */
export async function faultSync(plan: SyncPlan, options: SyncOptions): Promise<SyncReport> {
  const startedAtMs = performance.now();
  const closers: Closers = [];
  try {
    const stack = await startLocalStack({ provider });
    closers.push(() => stack.close());
    const lockstep = await startLockstep({
      ...{ stack, seed: peopleOf(plan), prepare: createAccounts },
      settings: { DYNAMICS_TABLES: tables },
    });
    closers.push(() => lockstep.close());
    const { services, processes } = lockstep;
    const kept = await keepServices(services, processes, createRandom(plan.seed + 1));
    closers.push(() => kept.stop());
    const run = await runFaults({ plan, stack, lockstep, kept }, options);
    await kept.untilReady(options.signal);
    await kept.stop();
    const restedFromMs = performance.now();
    const { mergedPersons, ...done } = run;
    const places = { ...lockstep, mergedPersons };
    const judged = await judgeOnceCaughtUp(places, restMs, options.signal);
    const accounts = await lookUntil(
      () => differencesOfAccounts(lockstep),
      ({ length }) => length === 0,
      { forMs: restMs, signal: options.signal },
    );
    const history = judged.history ?? (accounts.length > 0 ? await readHistory(places) : undefined);
    const seconds = (fromMs: number): number => Math.round((performance.now() - fromMs) / 1_000);

    const { endings } = kept;
    return {
      ...{ plan, seconds: seconds(startedAtMs), restSeconds: seconds(restedFromMs), endings },
      ...{ ...done, ...judged, accounts },
      ...(history && { history }),
    };
  } finally {
    await closeInReverse(closers);
  }
}

/** Half of the people are known to Marketo before. */
function peopleOf({ people }: SyncPlan) {
  const half = Math.ceil(people / 2);
  return {
    leads: toSeed(makeRows('lead', half)),
    contacts: toSeed(makeRows('contact', people - half)).map((row, at) => ({ ...row, ...companyOf(at) })),
    persons: makePersons('lead', half),
  };
}

type Run = {
  readonly plan: SyncPlan;
  readonly stack: LocalStack;
  readonly lockstep: Lockstep;
  readonly kept: KeptServices;
};

/** Faults while people edit; what fails in one of them ends the others. */
async function runFaults(
  run: Run,
  { onFault, signal: outer }: SyncOptions,
): Promise<Pick<SyncReport, 'faults'> & Edited> {
  const failing = new AbortController();
  const signal = AbortSignal.any([outer, failing.signal]);
  const faults: Partial<Record<SyncFault, number>> = {};
  const note = (fault: SyncFault): void => {
    faults[fault] = (faults[fault] ?? 0) + 1;
    onFault(fault);
  };
  const resting = new AbortController();
  const editing = keepEditing(run.lockstep, createRandom(run.plan.seed + 2), {
    perSecond: run.plan.editsPerSecond,
    signal: AbortSignal.any([signal, resting.signal]),
  });
  const injecting = injectAll(run, note, signal).finally(() => resting.abort());
  for (const each of [injecting, editing]) each.catch((error: unknown) => failing.abort(error));
  await Promise.allSettled([injecting, editing]);
  signal.throwIfAborted();

  return { faults, ...(await editing) };
}

/** All lanes at the same time. Broker and database stay up where the stack cannot crash them. */
async function injectAll(
  { plan, stack, lockstep, kept }: Run,
  onFault: (fault: SyncFault) => void,
  signal: AbortSignal,
): Promise<void> {
  const { faults: backing = noFaults } = stack;
  const wanted = lanes.filter((lane) => lane !== 'backing' || stack.faults !== undefined);
  const planned = planSyncFaults(plan.faults, wanted, createRandom(plan.seed));
  const places = (lane: Lane): FaultPlaces => ({
    ...{ kept, backing, dynamics: lockstep.dynamics.control, marketo: lockstep.marketo.control },
    random: createRandom(plan.seed + 3 + lanes.indexOf(lane)),
  });
  const all = wanted.map((lane) =>
    injectSyncFaults(places(lane), lane, { faults: planned[lane], onFault, signal }),
  );
  await Promise.all(all);
}

const refuse = (): Promise<void> => Promise.reject(new Error('the processes of this stack are not ours'));
const noFaults: ServiceFaults = { crash: refuse, freeze: refuse };
