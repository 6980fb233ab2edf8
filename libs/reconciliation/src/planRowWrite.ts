import { decidedAt } from './decidedAt.ts';
import type { Draft } from './decision.ts';
import type { DynamicsWriteEntry } from './outbox.ts';

type Planned = Omit<DynamicsWriteEntry, 'kind' | 'entryId' | 'issuedAt' | 'attempts' | 'dueAtMs'>;

/** Plans one write to a row of Dynamics, and looks for its outcome in time. */
export function planRowWrite(draft: Draft, planned: Planned): void {
  const { record, context } = draft;
  const { epoch, number } = record.revision;
  const entry: DynamicsWriteEntry = {
    kind: 'dynamics-write',
    entryId: `${record.goldenId}/${epoch}.${number}/dynamics`,
    table: planned.table,
    rowId: planned.rowId,
    ifMatch: planned.ifMatch,
    columns: planned.columns,
    issuedAt: decidedAt(context),
    attempts: 0,
    dueAtMs: context.nowMs + context.policy.dynamicsOutcomeMs,
  };
  // A spread among other members costs many times as much.
  if (planned.ifMatch === null || planned.ends) Object.assign(entry, planned);
  record.outbox.push({ ...entry });
  draft.dynamicsWrites.push(entry);
}
