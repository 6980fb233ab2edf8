import type { Scalar, ScalarValues } from '@lockstep/change-events';
import { activeRow, type Draft, type DraftRow } from './decision.ts';
import { entityTypes, type EntityType, type GoldenEntity } from './entityTypes.ts';
import type { MappingRow } from './mapping.ts';
import { isBlocked, sendCommand, valueOf } from './planMarketo.ts';
import { retryRelations } from './relations.ts';

/** Plans what Marketo must be told of a record beside persons: at first everything, then what differs (decision 13). */
export function planEntity(draft: Draft, entity: GoldenEntity): void {
  const crm = activeRow(draft.record, 'dynamics');
  if (!crm || crm.filter === false || isBlocked(draft)) return;
  const counterpart = activeRow(draft.record, 'marketo');
  const type = entityTypes[entity];
  if (!crm.deletedAt) return planUpsert(draft, keyOf(type, crm), counterpart);
  if (counterpart && type.onDelete === 'delete') sendCommand(draft, 'DELETE', keyOf(type, crm));
}

function planUpsert(draft: Draft, key: ScalarValues, counterpart: DraftRow | undefined): void {
  const fields = wantedFields(draft, counterpart);
  if (counterpart && Object.keys(fields).length === 0) return;
  sendCommand(draft, 'UPSERT', { ...key, ...fields });
}

const keyOf = ({ key }: EntityType, crm: DraftRow): ScalarValues => ({ [key]: crm.id });

function wantedFields(draft: Draft, counterpart: DraftRow | undefined): ScalarValues {
  const fields: Record<string, Scalar> = {};
  for (const mapping of draft.context.mapping) {
    const wanted = valueOf(draft, mapping);
    if (wanted !== undefined && !isSettled(counterpart, mapping, wanted)) fields[mapping.marketo] = wanted;
  }
  return fields;
}

/** Marketo holds the value, or refused it. */
function isSettled(counterpart: DraftRow | undefined, { field }: MappingRow, wanted: Scalar): boolean {
  if (counterpart?.seen[field]?.value === wanted) return true;
  if (counterpart?.parked[field]?.value === wanted) return true;
  delete counterpart?.parked[field];
  return false;
}

/** Looks again at what is open: what may have happened is read, what nobody answered is planned anew. */
export function lookAgainAtEntity(draft: Draft, entity: GoldenEntity): void {
  const { record, context } = draft;
  for (const entry of record.outbox) {
    if (entry.kind !== 'marketo-write' || entry.dueAtMs > context.nowMs) continue;
    if (entry.unknown) return readCounterpart(draft, entity);
    entry.lapsed = true;
  }
  if (record.waiting && record.waiting.dueAtMs <= context.nowMs) record.waiting = null;
  retryRelations(draft);
}

/** The read names the fields that it asks for. */
function readCounterpart(draft: Draft, entity: GoldenEntity): void {
  const crm = activeRow(draft.record, 'dynamics');
  if (!crm) return;
  const names = draft.context.mapping.map(({ marketo }) => [marketo, null] as const);
  sendCommand(draft, 'READ', { ...Object.fromEntries(names), ...keyOf(entityTypes[entity], crm) });
}
