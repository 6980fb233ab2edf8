import {
  SyncError,
  tableDefinitions,
  topics,
  type Control,
  type Notice,
  type TableDefinition,
} from '@lockstep/change-events';
import { inMemoryDynamics, inMemoryEventLog, type LogPoint } from '@lockstep/ports';
import { openTableExtractor, type TableExtractor } from '../extractChanges.ts';
import { checkpointOf, eventsOf, exampleClock, exampleId, exampleLease, step } from '../pipelineFixtures.ts';
import type { ExtractOptions } from './extractOptions.ts';

export const leads = topics.dynamicsChanges('lead');
export const leadDefinition = tableDefinitions['lead'] as TableDefinition;
export const pageSizeMax = 2;
export const pollIntervalMinMs = 500;

type Setting = { readonly rows?: number; readonly pageSizeMax?: number };

/** One table of leads in memory, a log, and an extractor that can be opened any number of times. */
export function extractSetting({ rows = 5, ...given }: Setting = {}) {
  const faults: { at: LogPoint | null; onPublished: () => void } = { at: null, onPublished: () => undefined };
  const clock = exampleClock();
  const lease = exampleLease();
  const dynamics = inMemoryDynamics({ clock, pageSizeMax: given.pageSizeMax ?? pageSizeMax });
  const commands: Control[] = [];
  const calls: string[] = [];
  dynamics.hooks.beforeCall = (operation) => void calls.push(operation);
  const log = inMemoryEventLog({
    atPoint(point) {
      if (point === 'published') faults.onPublished();
      if (point !== faults.at) return;
      faults.at = null;
      throw new SyncError('KAFKA_UNREACHABLE', { point });
    },
  });
  const add = (from: number, to: number) =>
    dynamics.seed(
      'lead',
      Array.from({ length: to - from + 1 }, (_, n) => ({ id: exampleId(from + n), fields: {} })),
    );
  if (rows > 0) add(1, rows);
  const open = (changes: Partial<ExtractOptions> = {}) =>
    openTableExtractor({
      ...{ table: 'lead', reader: dynamics, log, lease, clock, origin: 'https://org.example' },
      describe: (signal) => dynamics.describe({ table: 'lead', columns: null }, signal),
      versionEpoch: 1,
      pageSizeMax,
      backfillGroup: null,
      pollIntervalMinMs,
      pollIntervalMaxMs: 4000,
      commands: () => commands,
      ...changes,
    });
  const looks = {
    ids: () => eventsOf(log, leads).map(({ recordId }) => recordId),
    eventsOfRow: (n: number) => eventsOf(log, leads, exampleId(n)),
    notices: (code: string) => eventsOf<Notice>(log, topics.notices).filter((told) => told.code === code),
    checkpoint: () => checkpointOf(log, 'dynamics/lead'),
  };
  return { clock, lease, dynamics, log, faults, commands, calls, add, open, ...looks };
}

/** The ids of rows 1 to `count`, each once. */
export const eachOnce = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => exampleId(n + 1));

let commandCount = 0;

export function command(action: Control['action'], changes: Partial<Control> = {}): Control {
  commandCount += 1;

  return {
    controlId: `c${commandCount}`,
    action,
    target: 'dynamics/lead',
    actor: 'ann@host',
    ...{ filter: null, columns: null, from: null, to: null },
    at: '2026-11-22T10:00:00Z',
    ...changes,
  };
}

/** Steps until the table is followed by its changes and a poll found nothing. */
export async function settle(extractor: TableExtractor): Promise<void> {
  for (let steps = 0; steps < 1000; steps += 1) {
    const before = extractor.checkpoint();
    const { idleMs } = await step(extractor);
    if (idleMs > 0 && before.phase === 'STREAMING' && (before.state?.query ?? null) === null) return;
  }
  throw new Error('the extractor does not settle');
}
