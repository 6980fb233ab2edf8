import { isoTime, type Conflict, type System } from '@lockstep/change-events';
import { setField } from './applyChange.ts';
import { activeRow, type Draft } from './decision.ts';
import type { GoldenRecord } from './goldenRecord.ts';
import { heldIn, keepConflict } from './keepConflict.ts';
import type { LinkedRow } from './linkedRow.ts';
import type { MappingRow } from './mapping.ts';
import { maySpeak, undoRule } from './policy.ts';

/** Why a decision cannot be undone: a code of the error table. */
export type UndoRefusal = 'UNDO_UNKNOWN' | 'UNDO_OVERTAKEN' | 'UNDO_OPT_OUT' | 'UNDO_FIXED' | 'UNDO_NO_PAIR';

/**
 * Gives a field the value that lost, as if its side had edited it now (G-05). It is a decision like any, which can be undone too; asked
 * for again, it has been overtaken by itself and changes nothing.
 */
export function undo(draft: Draft, conflict: Conflict | null | undefined): void {
  const { record, context, cause } = draft;
  if (!conflict || refusalOfUndo(record, conflict, context.mapping) !== null) {
    draft.nothing = 'stale';
    return;
  }
  const { field, loserValue: value } = conflict;
  const source = sideOf(conflict);
  const changedAt = isoTime(context.nowMs);
  keepConflict(draft, field, {
    ruling: { winner: source, rule: undoRule },
    winner: { value, changedAt, eventId: cause.eventId },
    loser: heldIn(record.fields[field]),
  });
  setField(draft, field, { value, source, changedAt, rule: undoRule });
  // Whatever a side refused, or was held for review, is asked of it anew.
  for (const row of record.rows) delete row.parked[field];
}

/** Names the undo of a decision: each is undone once at most. */
export const undoEventId = (goldenId: string, { decision }: Conflict): string =>
  `undo/${goldenId}/${decision ?? ''}`;

/** What keeps a decision of a record from being undone; null when nothing does. */
export function refusalOfUndo(
  record: Pick<GoldenRecord, 'entity' | 'aliasOf' | 'fields' | 'rows' | 'conflicts'>,
  conflict: Conflict,
  mapping: readonly MappingRow[],
): UndoRefusal | null {
  if (!conflict.decision) return 'UNDO_UNKNOWN';
  if (!isPairInStep(record)) return 'UNDO_NO_PAIR';

  return refusalOfField(conflict, mapping) ?? (isLast(record, conflict) ? null : 'UNDO_OVERTAKEN');
}

function refusalOfField(conflict: Conflict, mapping: readonly MappingRow[]): UndoRefusal | null {
  const row = mapping.find(({ field }) => field === conflict.field);
  if (row?.optOut && conflict.loserValue !== true) return 'UNDO_OPT_OUT';

  return row && mayReturn(row, conflict) ? null : 'UNDO_FIXED';
}

const isPairInStep = (record: Pick<GoldenRecord, 'entity' | 'aliasOf' | 'rows'>): boolean =>
  record.entity === undefined &&
  record.aliasOf === null &&
  (['dynamics', 'marketo'] as const).every((system) => isInStep(activeRow(record, system)));

/** It is there, and what is decided reaches it. */
const isInStep = (row: LinkedRow | undefined): boolean =>
  row !== undefined &&
  row.deletedAt === null &&
  !row.missing &&
  row.mergedInto === undefined &&
  row.outSince === undefined;

/** Where only blanks are filled, each side keeps what it has. */
const mayReturn = (row: MappingRow, conflict: Conflict): boolean =>
  row.write !== 'fill-blanks' && row.direction === 'both' && maySpeak(sideOf(conflict), row);

/** The field still has the value that won, as it was brought then, and nothing was decided about it since. */
function isLast(
  { fields, conflicts }: Pick<GoldenRecord, 'fields' | 'conflicts'>,
  { field, decision, winnerValue, winnerEventId }: Conflict,
): boolean {
  const held = fields[field];
  const last = conflicts.findLast((conflict) => conflict.field === field);
  const isNewest = last === undefined || last.decision === decision;

  return isNewest && held?.value === winnerValue && held.eventId === winnerEventId;
}

/** Whose value lost. */
const sideOf = ({ loser, winner }: Conflict): System =>
  loser ?? (winner === 'dynamics' ? 'marketo' : 'dynamics');
