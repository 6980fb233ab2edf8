import { topics, type ChangeEvent, type Lane, type Sequence } from '@lockstep/change-events';
import type { DynamicsRow, OutgoingMessage } from '@lockstep/ports';

/** Where and when a page of Dynamics was read. */
export type PageContext = {
  readonly table: string;
  readonly page: Sequence;
  readonly versionEpoch: number;
  /** ISO text, made once for all rows of the page. */
  readonly observedAt: string;
  readonly lane: Lane;
  readonly operation: 'SNAPSHOT' | 'UPSERT';
  /** Tells an event from an earlier one of the same version, when the row is announced again. */
  readonly label?: string | null;
};

/** A delta answer of more rows than this counts as backfill (design section 4). */
export const liveRowsMax = 1000;

/** One row as an event; the same version of a row always has the same event id, unless it is announced again on purpose. */
export function rowEvent(row: DynamicsRow, context: PageContext): ChangeEvent {
  const { table, page, versionEpoch, lane, operation, label = null } = context;
  return {
    eventId: `dynamics/${table}/${row.id}/${versionEpoch}.${row.version}${label === null ? '' : `/${label}`}`,
    operation,
    recordId: row.id,
    version: { epoch: versionEpoch, number: row.version },
    page,
    changedAt: row.changedAt,
    observedAt: context.observedAt,
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
    observedAt: context.observedAt,
    changedBy: null,
    lane,
    fields: null,
    mergedInto: null,
    evidence: null,
  };
}

export const rowMessage = (row: DynamicsRow, context: PageContext): OutgoingMessage => ({
  topic: topics.dynamicsChanges(context.table),
  key: row.id,
  value: rowEvent(row, context),
});

/** A delete and its tombstone. */
export function deleteMessages(id: string, context: PageContext): OutgoingMessage[] {
  const topic = topics.dynamicsChanges(context.table);
  return [
    { topic, key: id, value: deleteEvent(id, context) },
    { topic, key: id, value: null },
  ];
}
