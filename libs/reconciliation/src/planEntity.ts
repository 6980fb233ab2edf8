import type { Scalar, ScalarValues } from '@lockstep/change-events';
import { activeRow, type Draft, type DraftRow, typeOf } from './decision.ts';
import type { EntityType } from './entityType.ts';
import { isKeptOut } from './keptOut.ts';
import type { MappingRow } from './mapping.ts';
import { valueOf } from './marketoValues.ts';
import { isBlocked } from './planMarketo.ts';
import { freeOrphan, isOrphan, retryRelations } from './relations.ts';
import { sendCommand } from './sendCommand.ts';
import { retryDynamics } from './wakeUp.ts';

/** Plans what Marketo must be told of a record beside persons: at first everything, then what differs (decision 13). */
export function planEntity(draft: Draft): void {
  const type = typeOf(draft);
  const crm = activeRow(draft.record, 'dynamics');
  freeOrphan(draft);
  if (!type?.marketo || !crm || staysOut(draft, crm) || isBlocked(draft)) return;
  planOf(draft, type, crm);
}

/** What is deleted goes, though its row said No before. */
const staysOut = ({ context }: Draft, crm: DraftRow): boolean => !crm.deletedAt && isKeptOut(context, crm);

function planOf(draft: Draft, type: EntityType, crm: DraftRow): void {
  const counterpart = activeRow(draft.record, 'marketo');
  if (!crm.deletedAt && !isOrphan(draft)) planUpsert(draft, wantedKey(draft, type, crm), counterpart);
  else if (counterpart) planDelete(draft, type, heldKey(draft, counterpart) ?? keyOf(type, crm));
}

/** What others still name is tried again when its time has come. */
function planDelete(draft: Draft, { onDelete }: EntityType, key: ScalarValues): void {
  const { held } = draft.record;
  const isDue = !held || held.dueAtMs <= draft.context.nowMs;
  if (onDelete === 'delete' && isDue) sendCommand(draft, 'DELETE', key);
}

function planUpsert(draft: Draft, key: ScalarValues | null, counterpart: DraftRow | undefined): void {
  if (key === null) return;
  const former = counterpart && heldKey(draft, counterpart);
  // Marketo cannot change a key: the record under the former one goes first.
  if (former && JSON.stringify(former) !== JSON.stringify(key)) {
    return sendCommand(draft, 'DELETE', former);
  }
  const fields = wantedFields(draft, counterpart);
  if (counterpart && Object.keys(fields).length === 0) return;
  sendCommand(draft, 'UPSERT', { ...key, ...fields });
}

const keyOf = ({ key }: EntityType, crm: DraftRow): ScalarValues => (key === null ? {} : { [key]: crm.id });

const keyRows = ({ context }: Draft): readonly MappingRow[] => context.mapping.filter(({ key }) => key);

/** The id of the row, or the parts that make the key; null while one of them is not there, or its table is not read. */
function wantedKey(draft: Draft, type: EntityType, crm: DraftRow): ScalarValues | null {
  const parts = keyRows(draft).map((mapping) => [mapping.marketo, valueOf(draft, mapping)] as const);
  const isWhole = parts.length === type.mapping.filter(({ key }) => key).length;
  if (!isWhole || parts.some(([, value]) => value === undefined) || lacksNeeded(draft)) return null;
  return { ...keyOf(type, crm), ...(Object.fromEntries(parts) as ScalarValues) };
}

/** Somebody whom the record belongs to is not in Marketo; once it is there itself, only that relation waits. */
const lacksNeeded = (draft: Draft): boolean =>
  activeRow(draft.record, 'marketo') === undefined &&
  draft.context.mapping.some((mapping) => mapping.needed && valueOf(draft, mapping) === undefined);

/** The key under which Marketo has the record, where it is made of several parts. */
function heldKey(draft: Draft, counterpart: DraftRow): ScalarValues | null {
  const parts = keyRows(draft).map(
    ({ field, marketo }) => [marketo, counterpart.seen[field]?.value ?? null] as const,
  );
  return parts.length === 0 ? null : Object.fromEntries(parts);
}

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
  const isHeld = counterpart?.seen[field]?.value === wanted;
  if (!isHeld && counterpart?.parked[field]?.value === wanted) return true;
  delete counterpart?.parked[field];
  return isHeld;
}

/** Looks again at what is open: what may have happened is read, what nobody answered is planned anew. */
export function lookAgainAtEntity(draft: Draft): void {
  const { record, context } = draft;
  for (const entry of record.outbox) {
    if (!('dueAtMs' in entry) || entry.dueAtMs > context.nowMs) continue;
    if (entry.kind !== 'marketo-write') {
      retryDynamics(draft, entry);
      continue;
    }
    if (entry.unknown) return readCounterpart(draft, entry.command.fields);
    entry.lapsed = true;
  }
  if (record.waiting && record.waiting.dueAtMs <= context.nowMs) record.waiting = null;
  retryRelations(draft);
}

/** What Marketo holds of a record that it is known to have is read, unless a command is open, whose outcome tells. */
export function readEntityAgain(draft: Draft): void {
  const type = typeOf(draft);
  const [crm, counterpart] = [activeRow(draft.record, 'dynamics'), activeRow(draft.record, 'marketo')];
  if (!type || !crm || !counterpart || isBlocked(draft)) return;
  readCounterpart(draft, heldKey(draft, counterpart) ?? keyOf(type, crm));
}

/** The read names the fields that it asks for, and has the key of the command that it settles. */
function readCounterpart(draft: Draft, sent: ScalarValues): void {
  const told = draft.context.mapping.filter(({ direction }) => direction !== 'none');
  const names = told.map(({ marketo }) => [marketo, null] as const);
  sendCommand(draft, 'READ', { ...Object.fromEntries(names), ...sent });
}
