import { setTimeout as sleep } from 'node:timers/promises';
import { topics, type DeliveryOutcome, type WriteCommand } from '@lockstep/change-events';
import { createRandom } from '@lockstep/simulation';
import { drawKinds } from '../drawKinds.ts';
import { closeInReverse, type Closers } from '../openBacking.ts';
import { readTopics } from '../readTopics.ts';
import { startServicePair } from '../servicePair.ts';
import { startNoticing, type Noticing } from '../startNoticing.ts';
import { toDeliveryReport, type DeliveryReport } from './deliveryReport.ts';
import { injectCallFaults, injectProcessFaults, type FaultPlaces } from './injectFaults.ts';
import { judgeDeliveries, type DeliveryHistory, type MetFault } from './judgeDeliveries.ts';
import {
  callFaults,
  faultKinds,
  processFaults,
  type CallFault,
  type DeliveryPlan,
  type FaultKind,
  type ProcessFault,
} from './planFaults.ts';
import { startWriter, type CommandWriter } from './writeCommands.ts';

export type FaultOptions = {
  readonly onFault: (kind: FaultKind) => void;
  readonly signal: AbortSignal;
};

/** Calls take up to this long, so that a process dies while some are under way. */
const latencyMs = 400;
/** An unknown outcome is settled after 95 s, and what the read shows may need a command. */
const restTimeoutMs = 400_000;
const answersTimeoutMs = 30_000;
const firstShare = 0.2;

/**
 * Delivers commands of rising revisions through an active marketing service and its standby while calls and processes fail, then
 * judges by Marketo's own log. One seed gives one sequence of faults, pauses and edits. Rejects at the signal, closed.
 */
export async function faultDeliveries(plan: DeliveryPlan, options: FaultOptions): Promise<DeliveryReport> {
  const startedAtMs = performance.now();
  const closers: Closers = [];
  try {
    const noticing = await startNoticing({ MARKETO_SHARE: '1', FEED_INTERVAL_MAX_MS: '5000' });
    closers.push(() => noticing.close());
    await noticing.marketo.control.post('settings', { latencyMs });
    const writer = await startWriter(noticing, plan, createRandom(plan.seed + 1));
    closers.push(() => writer.close());
    const faults = await runFaults({ plan, noticing, writer }, options);
    await writer.rest({ timeoutMs: restTimeoutMs, signal: options.signal });
    const history = await untilAnswered(noticing, faults);
    return toDeliveryReport(plan, history, Math.round((performance.now() - startedAtMs) / 1_000));
  } finally {
    await closeInReverse(closers);
  }
}

type Run = {
  readonly plan: DeliveryPlan;
  readonly noticing: Noticing;
  readonly writer: CommandWriter;
};

/** Calls fail while processes do: both sequences run at the same time, and one that fails ends the other. */
async function runFaults(run: Run, { onFault, signal: outer }: FaultOptions): Promise<readonly MetFault[]> {
  const { plan, noticing, writer } = run;
  const failing = new AbortController();
  const met: MetFault[] = [];
  const places: FaultPlaces = {
    control: noticing.marketo.control,
    pair: await startServicePair(noticing.services, 'marketing'),
    random: createRandom(plan.seed),
    signal: AbortSignal.any([outer, failing.signal]),
    onFault(fault) {
      met.push(fault);
      writer.reach(firstShare + ((1 - firstShare) * met.length) / plan.faults);
      onFault(fault.kind);
    },
  };
  const kinds = drawKinds(faultKinds, plan.faults, places.random);
  await places.pair.untilPaired(places.signal);
  writer.reach(firstShare);
  const both = [
    injectCallFaults(places, kinds.filter(isCallFault)),
    injectProcessFaults({ ...places, random: createRandom(plan.seed + 2) }, kinds.filter(isProcessFault)),
  ];
  for (const each of both) each.catch((error: unknown) => failing.abort(error));
  await Promise.allSettled(both);
  failing.signal.throwIfAborted();
  return met;
}

const isCallFault = (kind: FaultKind): kind is CallFault => callFaults.some((each) => each === kind);
const isProcessFault = (kind: FaultKind): kind is ProcessFault => processFaults.some((each) => each === kind);

/** The history once every command has its answer; the last one when that does not come about in time. */
async function untilAnswered(
  noticing: Noticing,
  faults: readonly MetFault[],
): Promise<DeliveryHistory & Outcomes> {
  const deadlineMs = performance.now() + answersTimeoutMs;
  for (;;) {
    const history = { ...(await readHistory(noticing)), faults };
    const isOver = judgeDeliveries(history).every(({ kind }) => kind !== 'UNANSWERED');
    if (isOver || performance.now() > deadlineMs) return history;
    await sleep(1_000);
  }
}

export type Outcomes = { readonly outcomes: readonly DeliveryOutcome[] };

async function readHistory(noticing: Noticing): Promise<Omit<DeliveryHistory, 'faults'> & Outcomes> {
  const names = [topics.writes, topics.writesBackfill, topics.outcomes];
  const messages = await readTopics({ ...noticing, names });
  const outcomes = messages.flatMap(({ topic, value }) =>
    topic === topics.outcomes ? [value as DeliveryOutcome] : [],
  );
  const commands = messages.flatMap(({ topic, value }) =>
    topic === topics.outcomes ? [] : [toCommanded(value as WriteCommand)],
  );
  const states = await noticing.marketo.control.states<LoggedState>();
  return {
    outcomes,
    commands,
    answered: new Set(outcomes.map(({ commandId }) => commandId)),
    written: states.map(toWritten),
  };
}

const toCommanded = ({ commandId, goldenId, revision, operation, issuedAt }: WriteCommand) => ({
  ...{ commandId, goldenId, revision: revision.number },
  isWrite: operation !== 'READ',
  issuedAtMs: Date.parse(issuedAt),
});

type LoggedState = {
  readonly sequence: number;
  readonly at: number;
  readonly id: number;
  readonly person: Readonly<Record<'lockstepId' | 'title', string | null>>;
};

const toWritten = ({ at, id, person }: LoggedState) => ({
  atMs: at,
  personId: id,
  goldenId: person.lockstepId,
  revision: Number(/^Revision (\d+)$/.exec(person.title ?? '')?.[1] ?? NaN) || null,
});
