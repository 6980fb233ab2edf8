import type { DeliveryOutcome, InboxMessage, Scalar, ScalarValues } from '@lockstep/change-events';
import { activeRow, type Draft, type DraftRow, typeOf } from './decision.ts';
import { goldenIdOf } from './goldenIds.ts';
import type { GoldenRecord } from './goldenRecord.ts';
import { isKeptOut, isOnlyNamed } from './keptOut.ts';
import { rowKey } from './linkedRow.ts';
import type { MappingRow } from './mapping.ts';
import { planOf } from './mappingPlan.ts';
import { isAwaited } from './outbox.ts';

/** Ours, and what Marketo says of a person (marketo-rest 4). */
const parentCodes = new Set<string | null>(['MARKETO_PARENT_MISSING', '718', '1013']);

/** The outcome says that a record that the command names is not there. */
export const isParentMissing = ({ code }: DeliveryOutcome): boolean => parentCodes.has(code);

const firstRetryMs = 15_000;

/** By what Marketo knows the parent; undefined while that is not there, and the relation waits alone (decision 13). */
export function parentOf({ record, context }: Draft, mapping: MappingRow, id: Scalar): Scalar | undefined {
  if (record.held?.takenBack.includes(mapping.field)) return undefined;
  return context.parents.get(parentKey(mapping, String(id))) ?? undefined;
}

/** Under what a parent is found: rows that a relation leads through have their own id, and that of whom they name. */
export const parentKey = ({ through }: MappingRow, id: string): string =>
  through ? `${id}/${through.field}` : id;

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
  if (record.held && record.held.dueAtMs <= context.nowMs) record.held = { ...record.held, takenBack: [] };
}

/** Sees to it that a record whose relations wait is looked at again, less and less often. */
export function scheduleRelations(draft: Draft): void {
  const { record, context } = draft;
  const isOpen = hasOpenRelation(draft);
  if (!isOpen && record.held) delete record.held;
  if (!isOpen || (record.held && record.held.dueAtMs > context.nowMs)) return;
  postponeRelations(draft, []);
  nameParents(draft);
}

/** Rows that stay out until somebody names them are told of each time that they are looked for (G-09). */
function nameParents(draft: Draft): void {
  const { mapping, policy } = draft.context;
  if (!policy.filters?.onlyNamed || !mayName(draft)) return;
  for (const relation of planOf(mapping).relations) {
    const id = idOf(draft, relation);
    if (id === null || parentOf(draft, relation, id) !== undefined) continue;
    for (const table of namedTables(draft, relation)) draft.forwards.push(namedMessage(table, String(id)));
  }
}

/** Tables of those whom a relation names, as far as their rows wait for that. */
const namedTables = ({ context }: Draft, { parents = [] }: MappingRow): readonly string[] =>
  parents.filter((table) => isOnlyNamed(context.policy.filters, table));

const namedMessage = (table: string, id: string): InboxMessage => ({
  ...{ kind: 'wake-up', goldenId: goldenIdOf(rowKey({ system: 'dynamics', table, id })) },
  ...{ reason: 'named', target: null },
});

/** It is in Marketo, or lacks nothing else to go there, such as the role of a person who is. */
function mayName(draft: Draft): boolean {
  const { record, context } = draft;
  if (activeRow(record, 'marketo')) return true;
  const parts = context.mapping.filter(isPart);
  const others = parts.filter((mapping) => namedTables(draft, mapping).length === 0);

  return !others.some((mapping) => isNameless(draft, mapping));
}

/** Without it the record is not made. */
const isPart = ({ key, needed, otherwise }: MappingRow): boolean =>
  needed === true || (key === true && otherwise === undefined);

function postponeRelations({ record, context }: Draft, takenBack: string[]): void {
  const attempts = record.held ? record.held.attempts + 1 : 0;
  const waitMs = Math.min(firstRetryMs * 2 ** attempts, context.policy.parkedRetryMs);
  record.held = { dueAtMs: context.nowMs + waitMs, attempts, takenBack };
}

/** Something else is in the way of a delete: it is tried again less and less often. */
export const waitForOthers = (draft: Draft): void => postponeRelations(draft, []);

/** A record that is frozen waits for nothing, one that is to be deleted for those who name it. */
function hasOpenRelation(draft: Draft): boolean {
  const { record } = draft;
  const [crm, other] = [activeRow(record, 'dynamics'), activeRow(record, 'marketo')];
  if (!crm || record.aliasOf) return false;
  if (crm.deletedAt) return other !== undefined && isHeldBack(draft);
  if (isKeptOut(draft.context, crm)) return false;
  if (!other) return hasOpenKey(draft);
  return isOrphan(draft) ? isHeldBack(draft) : hasOpenIn(draft, other);
}

/** It could not be deleted yet. */
const isHeldBack = (draft: Draft): boolean => isToDelete(draft) && draft.record.held !== undefined;

/** It names nobody whom it could belong to, or a row that does not. */
export const isOrphan = (draft: Draft): boolean =>
  namesNobody(draft.record, draft.context.mapping) ||
  draft.context.mapping.some((mapping) => mapping.needed && leadsNowhere(draft, mapping));

/** It leads through a row that names nobody now. */
const leadsNowhere = (draft: Draft, mapping: MappingRow): boolean =>
  draft.context.parents.get(parentKey(mapping, String(idOf(draft, mapping)))) === null;

const namesNobody = ({ fields }: Pick<GoldenRecord, 'fields'>, mapping: readonly MappingRow[]): boolean =>
  mapping.some(({ field, needed }) => needed && (fields[field]?.value ?? null) === null);

/** A record that comes to name nobody is not held up by whom it named: it goes at once. */
export function freeOrphan(draft: Draft): void {
  const { record, before, context } = draft;
  const comesToNameNobody = namesNobody(record, context.mapping) && !namesNobody(before, context.mapping);
  if (record.held && comesToNameNobody) delete record.held;
}

const isToDelete = (draft: Draft): boolean => typeOf(draft)?.onDelete === 'delete';

function hasOpenIn(draft: Draft, other: DraftRow): boolean {
  return !other.deletedAt && planOf(draft.context.mapping).relations.some((row) => isOpen(draft, row, other));
}

/**
 * Of a record that is not in Marketo, only what was taken back is open, and what its key is made of. What is tried again stays open
 * until that is answered: a parent that is missing still is looked for less often.
 */
function hasOpenKey(draft: Draft): boolean {
  const { record, context } = draft;
  if (record.held && (record.held.takenBack.length > 0 || record.outbox.some(isUnderWay))) return true;
  const keys = context.mapping.filter(isPart);
  const ids = keys.map((mapping) => idOf(draft, mapping));
  return !ids.includes(null) && keys.some((mapping) => isNameless(draft, mapping));
}

function isNameless(draft: Draft, mapping: MappingRow): boolean {
  return parentOf(draft, mapping, idOf(draft, mapping)) === undefined;
}

const isUnderWay = (entry: Draft['record']['outbox'][number]): boolean =>
  entry.kind === 'marketo-write' && isAwaited(entry);

const idOf = ({ record }: Draft, { field }: MappingRow): Scalar => record.fields[field]?.value ?? null;

function isOpen(draft: Draft, mapping: MappingRow, other: DraftRow): boolean {
  const [id, seen] = [idOf(draft, mapping), other.seen[mapping.field]?.value];
  if (id === null || seen === id) return false;
  const parent = parentOf(draft, mapping, id);
  return parent === undefined || (draft.record.held !== undefined && seen !== parent);
}
