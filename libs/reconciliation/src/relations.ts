import type { DeliveryOutcome, Scalar, ScalarValues } from '@lockstep/change-events';
import { activeRow, type Draft, type DraftRow } from './decision.ts';
import type { MappingRow } from './mapping.ts';

/** Ours, and what Marketo says of a person (marketo-rest 4). */
const parentCodes = new Set(['MARKETO_PARENT_MISSING', '718', '1013']);

/** The outcome says that a record that the command names is not there. */
export const isParentMissing = ({ code }: DeliveryOutcome): boolean => parentCodes.has(code ?? '');

const firstRetryMs = 15_000;

/** True for a relation whose parent is not in Marketo yet: it waits alone (decision 13). */
export function isHeld({ record, context }: Draft, { field, parents }: MappingRow, wanted: Scalar): boolean {
  if (!parents) return false;
  return record.held?.takenBack.includes(field) === true || !context.parents.has(String(wanted));
}

/** Marketo lacks a parent that we knew to be there: the relations of the command wait. False when it has none. */
export function takeBack(draft: Draft, sent: ScalarValues): boolean {
  const takenBack = draft.context.mapping
    .filter(({ parents, marketo }) => parents !== undefined && marketo in sent)
    .map(({ field }) => field);
  if (takenBack.length === 0) return false;
  postponeRelations(draft, takenBack);
  return true;
}

/** What was taken back is tried again when its time has come. */
export function retryRelations({ record, context }: Draft): void {
  if (record.held && record.held.dueAtMs <= context.nowMs) record.held.takenBack = [];
}

/** Sees to it that a record whose relations wait is looked at again, less and less often. */
export function scheduleRelations(draft: Draft): void {
  const { record, context } = draft;
  if (!hasOpenRelation(draft)) delete record.held;
  else if (!record.held || record.held.dueAtMs <= context.nowMs) postponeRelations(draft, []);
}

function postponeRelations({ record, context }: Draft, takenBack: string[]): void {
  const attempts = record.held ? record.held.attempts + 1 : 0;
  const waitMs = Math.min(firstRetryMs * 2 ** attempts, context.policy.parkedRetryMs);
  record.held = { dueAtMs: context.nowMs + waitMs, attempts, takenBack };
}

/** Of a record that is not in Marketo either, only what was taken back is open; of one that is frozen or gone, nothing. */
function hasOpenRelation(draft: Draft): boolean {
  const { record, context } = draft;
  const [crm, other] = [activeRow(record, 'dynamics'), activeRow(record, 'marketo')];
  if (!crm || isOut(crm) || record.aliasOf) return false;
  if (!other) return Boolean(record.held?.takenBack.length);
  return !other.deletedAt && context.mapping.some((mapping) => isOpen(draft, mapping, other));
}

const isOut = ({ deletedAt, filter }: DraftRow): boolean => deletedAt !== null || filter === false;

function isOpen(draft: Draft, mapping: MappingRow, other: DraftRow): boolean {
  const wanted = draft.record.fields[mapping.field]?.value ?? null;
  if (!mapping.parents || wanted === null || other.seen[mapping.field]?.value === wanted) return false;
  return draft.record.held !== undefined || isHeld(draft, mapping, wanted);
}
