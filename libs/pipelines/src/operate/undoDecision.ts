import { SyncError, type Conflict, type Scalar } from '@lockstep/change-events';
import type { PastConflictStore } from '@lockstep/ports';
import { refusalOfUndo, type GoldenRecord, type MappingRow } from '@lockstep/reconciliation';
import { askRecord, type AskOptions, type Asker } from './askRecords.ts';
import { conflictsOf } from './explainRecords.ts';

export type UndoOptions = AskOptions & {
  readonly pastConflicts: Pick<PastConflictStore, 'read'>;
  /** That of persons, as it is in force. */
  readonly mapping: readonly MappingRow[];
};

/** Which decision: by its name, or the last one of a field. */
export type UndoAsked = { readonly decision: string } | { readonly field: string };

/** What is undone: the field gets `value` in place of `instead`. */
export type UndoResult = {
  readonly goldenId: string;
  readonly decision: string;
  readonly field: string;
  readonly value: Scalar;
  readonly instead: Scalar;
};

/**
 * Asks the owner of a record to give a field the value that lost (G-05). It looks again: an edit that arrives before it holds. Throws the
 * code of what keeps the decision from being undone.
 */
export async function undoDecision(
  options: UndoOptions,
  { record, asked, actor }: Asker & { readonly record: GoldenRecord; readonly asked: UndoAsked },
): Promise<UndoResult> {
  const { goldenId } = record;
  const conflict = await findConflict(options, record, asked);
  if (!conflict?.decision) throw new SyncError('UNDO_UNKNOWN', { detail: Object.values(asked).join() });
  const refusal = refusalOfUndo(record, conflict, options.mapping);
  if (refusal) throw new SyncError(refusal, { detail: reasonFor(record, conflict) });
  await askRecord(options, { goldenId, wish: 'undo', conflict, actor });
  const { decision, field, loserValue: value, winnerValue: instead } = conflict;

  return { goldenId, decision, field, value, instead };
}

async function findConflict(
  { pastConflicts }: UndoOptions,
  record: GoldenRecord,
  asked: UndoAsked,
): Promise<Conflict | undefined> {
  const isAsked = ({ decision, field }: Conflict): boolean =>
    'decision' in asked ? decision === asked.decision : field === asked.field;

  return (await conflictsOf(pastConflicts, record)).findLast(isAsked);
}

/** Where the value that the field has now comes from. */
function reasonFor({ fields }: GoldenRecord, { field, decision }: Conflict): string {
  const held = fields[field];
  const now = held ? `, which has its value by the rule ${held.rule} from ${held.eventId}` : '';

  return `${decision ?? ''}: ${field}${now}`;
}
