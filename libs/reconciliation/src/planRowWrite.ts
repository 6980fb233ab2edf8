import { decidedAt } from './decidedAt.ts';
import type { Draft } from './decision.ts';
import type { DynamicsWriteEntry } from './outbox.ts';

type Planned = Omit<DynamicsWriteEntry, 'kind' | 'entryId' | 'issuedAt' | 'attempts' | 'dueAtMs'>;

/** Plans one write to a row of Dynamics, and looks for its outcome in time. */
export function planRowWrite(draft: Draft, planned: Planned): void {
  const { record, context } = draft;
  const { epoch, number } = record.revision;
  const issued: Omit<DynamicsWriteEntry, keyof Planned> = {
    kind: 'dynamics-write',
    entryId: `${record.goldenId}/${epoch}.${number}/dynamics`,
    issuedAt: decidedAt(context),
    attempts: 0,
    dueAtMs: context.nowMs + context.policy.dynamicsOutcomeMs,
  };
  const entry: DynamicsWriteEntry = Object.assign(issued, planned);
  record.outbox.push({ ...entry });
  draft.dynamicsWrites.push(entry);
}
