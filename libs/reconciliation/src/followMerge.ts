import type { Sequence } from '@lockstep/change-events';
import { isOutgrown } from './comeBack.ts';
import { activeRow, type Draft, type DraftRow, type Survivor } from './decision.ts';
import { forwardSaved } from './forwardSaved.ts';
import type { GoldenRecord } from './goldenRecord.ts';
import { type LinkedRow, rowKey } from './linkedRow.ts';
import { isFreePerson } from './match.ts';
import { isParted, partWith } from './parted.ts';
import { planRowWrite } from './planRowWrite.ts';
import type { Policy } from './policy.ts';
import { sendCommand } from './sendCommand.ts';
import { stateMessage } from './wakeUp.ts';

type Mergeable = Pick<GoldenRecord, 'entity' | 'aliasOf' | 'parted' | 'rows'>;

/** Row key of what a merge on one side left of the record, where the other side is to follow; null where nothing is. */
export function followedKey(record: Mergeable, policy: Policy): string | null {
  const merged = record.entity || record.aliasOf ? null : mergedIn(record, policy);
  const key = merged?.mergedInto ? rowKey({ ...merged, id: merged.mergedInto }) : null;

  return key !== null && isParted(record, key) ? null : key;
}

/** It is there, and does not stay out. */
const isIn = (row: LinkedRow | undefined): row is LinkedRow =>
  row !== undefined && !row.deletedAt && !row.missing && row.outSince === undefined;

/** Of a pair, the one that lost a merge which the other one is to follow. */
function mergedIn(record: Pick<GoldenRecord, 'rows'>, policy: Policy): LinkedRow | null {
  const [row, person] = [activeRow(record, 'dynamics'), activeRow(record, 'marketo')];
  if (!row || !person || row.deletedAt) return null;
  if (row.mergedInto !== undefined) return isFollowedByPerson(person, policy) ? row : null;

  return isIn(row) && isFollowedByRow(person, policy) ? person : null;
}

const isFollowedByPerson = ({ deletedAt }: LinkedRow, { mergedInDynamics }: Policy): boolean =>
  mergedInDynamics === 'follow' && deletedAt === null;

const isFollowedByRow = ({ deletedAt }: LinkedRow, { mergedInMarketo }: Policy): boolean =>
  mergedInMarketo === 'follow' && deletedAt !== null;

/** What the row or person of this key was merged into in its turn; null when it was not. */
export function mergedOnto({ rows }: Pick<GoldenRecord, 'rows'>, key: string): string | null {
  const row = rows.find((other) => rowKey(other) === key);

  return row?.mergedInto ? rowKey({ ...row, id: row.mergedInto }) : null;
}

/** What the record of whoever carries on tells to those who follow. */
export function survivorOf(record: GoldenRecord): Survivor {
  const [row, person] = [activeRow(record, 'dynamics'), activeRow(record, 'marketo')];
  const isInUse = isIn(row) && row.mergedInto === undefined;

  return {
    goldenId: record.goldenId,
    isFree: isFreePerson(record) && record.aliasOf === null,
    row: isInUse ? { table: row.table, id: row.id } : null,
    personId: isInUse && isIn(person) ? person.id : null,
    awaits: isInUse ? mergedAway(person) : null,
  };
}

const mergedAway = (person: LinkedRow | undefined): string | null =>
  person?.deletedAt ? (person.mergedInto ?? null) : null;

/** Who carries on for this record; null when nothing is followed, or nobody is known yet. */
export function survivorFor({ record, context }: Draft): Survivor | null {
  const key = followedKey(record, context.policy);

  return key === null ? null : (context.survivors?.get(key) ?? null);
}

/** The row of a person that was merged goes into that of whoever carries on; one that was edited since is for somebody to decide. */
export function planRowMerge(draft: Draft, row: DraftRow, ifMatch: Sequence): void {
  const person = activeRow(draft.record, 'marketo');
  const into = survivorFor(draft)?.row;
  if (!into || into.table !== row.table || into.id === row.id || !person || isOutgrown(draft, person)) return;
  planRowWrite(draft, {
    table: row.table,
    rowId: row.id,
    ifMatch,
    columns: {},
    ends: 'merge',
    into: into.id,
  });
}

/** The person of a row that lost a merge goes into that of the row that carries on. */
export function planPersonMerge(draft: Draft): void {
  const [person, survivor] = [activeRow(draft.record, 'marketo'), survivorFor(draft)];
  if (!person || !survivor || person.missing) return;
  const { goldenId, personId, awaits } = survivor;
  if (draft.record.rows.some(({ system, id }) => system === 'marketo' && id === awaits))
    return handOver(draft, person, goldenId);
  if (personId !== null && personId !== person.id)
    sendCommand(draft, 'MERGE', {}, { personId, loserIds: [person.id] });
}

/** Of two records, one lost its row to the other, which lost its person to this one: those who are left belong together. */
function handOver(draft: Draft, person: DraftRow, goldenId: string): void {
  const { record } = draft;
  forwardSaved(draft, stateMessage(draft, person, goldenId));
  draft.relinks = { rowKeys: [rowKey(person)], to: goldenId };
  record.rows = record.rows.filter((row) => row !== person);
  partWith(draft, { row: rowKey(person), to: goldenId });
}

const firstRetryMs = 15_000;

/** Sees to it that whoever is not ready to be followed is looked for again, less and less often. */
export function scheduleFollowing(draft: Draft): void {
  const { record, context } = draft;
  if (!isLookedFor(draft)) {
    if (record.following) delete record.following;
    return;
  }
  const { dueAtMs, attempts } = record.following ?? { dueAtMs: context.nowMs, attempts: 0 };
  if (record.following && dueAtMs > context.nowMs) return;
  const waitMs = Math.min(firstRetryMs * 2 ** (attempts - 1), context.policy.parkedRetryMs);
  record.following = { dueAtMs: context.nowMs + (record.following ? waitMs : 0), attempts: attempts + 1 };
}

/** Whoever carries on is not known yet, or lacks what the other side goes to. */
function isLookedFor(draft: Draft): boolean {
  if (followedKey(draft.record, draft.context.policy) === null) return false;
  const survivor = survivorFor(draft);
  if (activeRow(draft.record, 'dynamics')?.mergedInto !== undefined) return !survivor?.personId;

  return !survivor?.row && !survivor?.isFree;
}
