import { isSyncError, tableSchema } from '@lockstep/change-events';
import {
  openTableExtractor,
  reopeningStepper,
  type ControlInbox,
  type TableExtractor,
} from '@lockstep/pipelines';
import type { Lease } from '@lockstep/ports';
import { newTraceparent, retryForever, systemClock } from '@lockstep/service-runtime';
import type { Parts } from './extractorParts.ts';
import { reportProgress, reportPublished } from './reportPublished.ts';
import { tableFate } from './tableFate.ts';
import { tableSelection } from './tableSelections.ts';

/** One table of this process, for as long as the lease is held. */
export type TableTask = {
  readonly parts: Parts;
  readonly table: string;
  readonly lease: Lease;
  readonly inbox: ControlInbox;
};

/** Change events since the last step, by which a poll is told from one that found nothing. */
type Tally = { events: number };

/** Follows one table until the signal. What it cannot read holds up no other table. */
export async function followTable(task: TableTask, signal: AbortSignal): Promise<void> {
  const { parts, table } = task;
  const { log, readiness } = parts.service;
  const bell = parts.bells.get(table);
  const tally: Tally = { events: 0 };
  const extractor = reopeningStepper(() => openTable(task, tally));
  bell?.answerTo(() => extractor.current()?.hint());
  await retryForever({
    component: `dynamics/${table}`,
    step: () => countedStep(task, { extractor, tally }, signal),
    signal,
    log,
    readiness,
    clock: systemClock,
    rest: bell?.sleep ?? systemClock.sleep,
    random: Math.random,
    fateOf: (error) => tableFate(error, table, parts.config.topicPrefix),
  });
  bell?.answerTo(null);
  await extractor.close();
}

type Reopening = ReturnType<typeof reopeningStepper<TableExtractor>>;

async function countedStep(
  { parts, table }: TableTask,
  { extractor, tally }: { readonly extractor: Reopening; readonly tally: Tally },
  signal: AbortSignal,
): Promise<{ idleMs: number }> {
  const { metrics } = parts.service;
  tally.events = 0;
  try {
    const result = await extractor.step(signal);
    metrics.polls.inc({ table, result: tally.events > 0 ? 'changes' : 'nothing' });
    const checkpoint = extractor.current()?.checkpoint();
    if (checkpoint) reportProgress(metrics, checkpoint, systemClock.now());

    return result;
  } catch (error) {
    if (!signal.aborted) metrics.polls.inc({ table, result: isSyncError(error) ? error.code : 'INTERNAL' });
    throw error;
  }
}

function openTable({ parts, table, lease, inbox }: TableTask, tally: Tally): Promise<TableExtractor> {
  const { config, dynamics, codec, eventLog, service } = parts;
  const selection = tableSelection(table, config.dynamicsColumns);

  return openTableExtractor({
    table,
    reader: dynamics,
    describe: (signal) => dynamics.describe(selection, signal),
    onDefinition: ({ fields }) => codec.define(...tableSchema(table, fields)),
    log: eventLog,
    lease,
    clock: systemClock,
    origin: new URL(config.dataverseUrl).origin,
    versionEpoch: config.versionEpoch,
    pageSizeMax: config.pageSizeMax,
    backfillGroup: config.reconcilerGroup === '' ? null : config.reconcilerGroup,
    pollIntervalMinMs: config.pollIntervalMinMs,
    pollIntervalMaxMs: config.pollIntervalMaxMs,
    describeIntervalMs: config.metadataIntervalMs,
    compareIntervalMs: config.compareIntervalHours * 60 * 60 * 1000,
    backfillRange: { from: config.newColumnsFrom ?? null, to: config.newColumnsTo ?? null },
    commands: () => inbox.commandsFor(`dynamics/${table}`),
    headers: () => ({ traceparent: newTraceparent(Math.random) }),
    onPublished: (_, messages) => {
      tally.events += reportPublished(service.metrics, table, messages);
    },
  });
}
