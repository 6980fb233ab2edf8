import type { InboxMessage } from '@lockstep/change-events';
import type { Draft } from './decision.ts';
import type { GoldenRecord, PartedRow } from './goldenRecord.ts';
import { rowKey } from './linkedRow.ts';
import { originatingLead } from './originatingLead.ts';

const partedMax = 20;

/** Whatever arrives of the row is forwarded to the record that it went to. */
export function partWith({ record }: Draft, parted: PartedRow): void {
  record.parted = [...(record.parted ?? []), parted].slice(-partedMax);
}

/** Which record carries on for a row that was parted from this one, or was made of one; null for what this one has. */
export function partedTo(record: GoldenRecord, message: InboxMessage): string | null {
  if (message.kind !== 'event' || record.parted === undefined) return null;
  const { system, table, event } = message;
  const key = rowKey({ system, table, id: event.recordId });
  if (record.rows.some((row) => rowKey(row) === key)) return null;
  const lead = originatingLead(event);
  const keys = lead === null ? [key] : [key, rowKey({ system: 'dynamics', table: 'lead', id: lead })];

  return record.parted.findLast(({ row }) => keys.includes(row))?.to ?? null;
}

/** An operator said that the row is somebody else. */
export const isParted = ({ parted = [] }: Pick<GoldenRecord, 'parted'>, key: string): boolean =>
  parted.some(({ row }) => row === key);

/** An operator said that what the other record has is somebody else. */
export const isPartedFrom = ({ parted = [] }: Pick<GoldenRecord, 'parted'>, goldenId: string): boolean =>
  parted.some(({ to }) => to === goldenId);
