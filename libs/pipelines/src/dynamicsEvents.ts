import {
  isoTime,
  topics,
  type ChangeEvent,
  type Checkpoint,
  type Lane,
  type Sequence,
} from '@lockstep/change-events';
import type { DynamicsPage, DynamicsRow, OutgoingMessage } from '@lockstep/ports';

/** Where and when a page of Dynamics was read. */
export type PageContext = {
  readonly table: string;
  readonly page: Sequence;
  readonly versionEpoch: number;
  readonly observedAtMs: number;
  readonly lane: Lane;
  readonly operation: 'SNAPSHOT' | 'UPSERT';
};

/** A delta answer of more rows than this counts as backfill (design section 4). */
const liveRowsMax = 1000;

/** How the rows of the next page are published: as a first load, as fresh edits, or as a large delta behind fresh edits. */
export function laneOf(
  checkpoint: Checkpoint,
  answer: DynamicsPage,
): Pick<PageContext, 'lane' | 'operation'> {
  if (checkpoint.phase === 'SNAPSHOT') return { lane: 'BACKFILL', operation: 'SNAPSHOT' };
  return { lane: answer.rows.length > liveRowsMax ? 'BACKFILL' : 'LIVE', operation: 'UPSERT' };
}

/** One row as an event; the same version of a row always has the same event id. */
export function rowEvent(row: DynamicsRow, context: PageContext): ChangeEvent {
  const { table, page, versionEpoch, lane, operation } = context;
  return {
    eventId: `dynamics/${table}/${row.id}/${versionEpoch}.${row.version}`,
    operation,
    recordId: row.id,
    version: { epoch: versionEpoch, number: row.version },
    page,
    changedAt: row.changedAt,
    observedAt: isoTime(context.observedAtMs),
    changedBy: row.changedBy,
    lane,
    fields: row.fields,
    mergedInto: null,
    evidence: null,
  };
}

function deleteEvent(id: string, context: PageContext): ChangeEvent {
  const { table, page, lane } = context;
  return {
    eventId: `dynamics/${table}/${id}/deleted/${page.epoch}.${page.number}`,
    operation: 'DELETE',
    recordId: id,
    version: null,
    page,
    changedAt: null,
    observedAt: isoTime(context.observedAtMs),
    changedBy: null,
    lane,
    fields: null,
    mergedInto: null,
    evidence: null,
  };
}

/** A page as messages: rows, then each delete followed by its tombstone. */
export function pageMessages(answer: DynamicsPage, context: PageContext): OutgoingMessage[] {
  const topic = topics.dynamicsChanges(context.table);
  return [
    ...answer.rows.map((row) => ({ topic, key: row.id, value: rowEvent(row, context) })),
    ...answer.deletedIds.flatMap((id) => [
      { topic, key: id, value: deleteEvent(id, context) },
      { topic, key: id, value: null },
    ]),
  ];
}
