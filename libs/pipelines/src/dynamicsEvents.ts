import { rowEvent, topics, type ChangeEvent, type PageContext } from '@lockstep/change-events';
import type { DynamicsRow, OutgoingMessage } from '@lockstep/ports';

/** A delta answer of more rows than this counts as backfill (design section 4). */
export const liveRowsMax = 1000;

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
  value: row.packed ?? rowEvent(row, context),
});

/** A delete and its tombstone. */
export function deleteMessages(id: string, context: PageContext): OutgoingMessage[] {
  const topic = topics.dynamicsChanges(context.table);
  return [
    { topic, key: id, value: deleteEvent(id, context) },
    { topic, key: id, value: null },
  ];
}
