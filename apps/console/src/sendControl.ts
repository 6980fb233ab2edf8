import {
  isoTime,
  SyncError,
  topics,
  type Control,
  type ControlAction,
  type Notice,
} from '@lockstep/change-events';
import { createEventLog, followTopic, type EventLogSettings } from '@lockstep/kafka';
import { directionTargets, readingTarget } from '@lockstep/pipelines';
import type { IncomingMessage } from '@lockstep/ports';
import type { Environment } from '@lockstep/service-runtime';
import { v7 as newId } from 'uuid';
import { actorHere } from './actorHere.ts';
import { loadMessageConfig } from './config.ts';
import { openTopics } from './openTopics.ts';
import { noticeLine } from './showNotices.ts';
import { isTime, timeWords } from './timeOf.ts';

/** As they were typed. */
export type ControlOptions = {
  readonly actor?: string;
  readonly filter?: string;
  readonly columns?: string;
  readonly from?: string;
  readonly to?: string;
  readonly wait?: boolean;
  /** In seconds. */
  readonly timeout?: number;
};

/** What became of a command: `SENT` when nobody was asked to wait. */
export type ControlResult = 'SENT' | 'DONE' | 'REFUSED' | 'NO_ANSWER';

/** Throws CONFIG_INVALID for arguments that no extractor could obey. */
export function toControl(
  action: ControlAction,
  target: string,
  options: ControlOptions,
  moment: { readonly controlId: string; readonly nowMs: number },
): Control {
  const { filter = null, columns, from = null, to = null } = options;
  const faults = faultsOf(action, target, options);
  if (Object.keys(faults).length > 0) throw new SyncError('CONFIG_INVALID', faults);

  return {
    controlId: moment.controlId,
    action,
    target,
    actor: options.actor ?? actorHere(),
    filter,
    columns: columns === undefined ? null : columns.split(',').map((column) => column.trim()),
    from,
    to,
    at: isoTime(moment.nowMs),
  };
}

const directions = Object.keys(directionTargets);

/** What may be meant beside a table. */
const fixedTargets = (action: ControlAction): readonly string[] =>
  action === 'pause' || action === 'resume' ? [readingTarget, ...directions] : [readingTarget];

const isTable = (target: string): boolean => /^dynamics\/[a-z][a-z0-9_]{0,127}$/.test(target);

function faultsOf(
  action: ControlAction,
  target: string,
  { from, to }: ControlOptions,
): Record<string, string> {
  const others = fixedTargets(action);
  const isKnown = isTable(target) || others.includes(target);

  return {
    ...(!isKnown && { target: `must be dynamics/<table> or ${others.join(' or ')}.` }),
    ...(!isDate(from) && { '--from': timeWords }),
    ...(!isDate(to) && { '--to': timeWords }),
  };
}

const isDate = (text: string | undefined): boolean => text === undefined || isTime(text);

/** Publishes a command; with `wait` prints the notice that answers it. */
export async function sendControl(
  env: Environment,
  [action, target, options]: readonly [ControlAction, string, ControlOptions],
  nowMs: number,
  print: (line: string) => void,
): Promise<ControlResult> {
  const log = openTopics(loadMessageConfig(env));
  const control = toControl(action, target, options, { controlId: newId(), nowMs });
  await assertKnown(log, target);
  print(`${control.controlId} ${action} ${target}`);
  if (options.wait !== true) {
    await publish(log, control);
    return 'SENT';
  }
  const timeoutMs = (options.timeout ?? 60) * 1_000;
  const answer = await answerTo(log, control, AbortSignal.timeout(timeoutMs));
  print(
    answer === null
      ? `No answer within ${timeoutMs / 1_000} s; the command stays in force.`
      : noticeLine(answer),
  );
  if (answer === null) return 'NO_ANSWER';

  return answer.code === 'CONTROL_REFUSED' ? 'REFUSED' : 'DONE';
}

/** A misspelt name would wait for ever: nobody follows commands for it. */
async function assertKnown(log: EventLogSettings, target: string): Promise<void> {
  const known = [...(await createEventLog(log).readLatest(topics.checkpoints)).keys()];
  if (known.includes(target) || directions.includes(target)) return;
  const names = known.filter((name) => isTable(name) || name === readingTarget).sort();
  throw new SyncError('CONFIG_INVALID', {
    target: `is not read by anybody; read are: ${names.join(', ') || 'none'}.`,
  });
}

async function publish(log: EventLogSettings, control: Control): Promise<void> {
  const publisher = await createEventLog(log).openPublisher(`console/${control.controlId}`);
  try {
    await publisher.publish([{ topic: topics.control, key: control.target, value: control }]);
  } finally {
    await publisher.close();
  }
}

/** Listens first and publishes then, so that no answer is too quick. */
async function answerTo(log: EventLogSettings, control: Control, late: AbortSignal): Promise<Notice | null> {
  let answer: Notice | null = null;
  const found = new AbortController();
  const visit = ({ value }: IncomingMessage) => {
    const notice = value as Notice | null;
    if (!/^CONTROL_/.test(notice?.code ?? '') || notice?.facts?.['controlId'] !== control.controlId) return;
    answer = notice;
    found.abort();
  };
  let started = (): void => {};
  const listening = new Promise<void>((resolve) => (started = resolve));
  const follow = followTopic(
    log,
    { topic: topics.notices, from: 'end', started },
    visit,
    AbortSignal.any([late, found.signal]),
  );
  await Promise.race([listening, follow]);
  await publish(log, control);
  await follow;

  return answer;
}
