import type { ChangeEvent, FieldValues, Lane } from './events.ts';
import type { Sequence } from './sequence.ts';

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

/** What an event tells of a row of Dynamics. */
export type EventRow = {
  readonly id: string;
  readonly version: number;
  readonly fields: FieldValues | null;
  readonly changedAt: string | null;
  readonly changedBy: string | null;
};

/** One row as an event; the same version of a row always has the same event id, unless it is announced again on purpose. */
export function rowEvent(row: EventRow, context: PageContext): ChangeEvent {
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
