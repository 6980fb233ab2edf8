import type { InboxMessage, System, WriteOperation } from '@lockstep/change-events';
import { addWrites, noWrites, type WriteCounts, type WriteKind } from '@lockstep/ports';
import type { Decision, DecisionContext, DynamicsEntry } from '@lockstep/reconciliation';

/** What one batch is about to write to each system. */
export type WritesBySystem = Readonly<Record<System, WriteCounts>>;

export const noWritesAtAll: WritesBySystem = { dynamics: noWrites, marketo: noWrites };

/**
 * What an edit of one side, or a request of a marketer, makes this decision write to each. What follows from our own writes, and what
 * was withheld or came before the first reads were complete, is not counted: whoever let it flow has agreed to it.
 */
export function countWrites(
  message: InboxMessage,
  decision: Decision,
  { firstReadsComplete }: Pick<DecisionContext, 'firstReadsComplete'>,
): WritesBySystem {
  const isEdit = (message.kind === 'event' && message.written === null) || message.kind === 'request';
  const isWriting = decision.dynamicsWrites.length > 0 || decision.commands.length > 0;
  if (!isEdit || !isWriting || !firstReadsComplete) return noWritesAtAll;
  const isBlanking = decision.goldenEvent?.changed.some(
    ({ before, after }) => after === null && before !== null,
  );
  const kinds = (all: readonly WriteKind[]): WriteCounts =>
    countKinds(all.includes('changed') && isBlanking ? [...all, 'blanked'] : all);

  return {
    dynamics: kinds(decision.dynamicsWrites.map(kindOfEntry)),
    marketo: kinds(decision.commands.flatMap(({ operation }) => kindOfCommand[operation] ?? [])),
  };
}

const countKinds = (kinds: readonly WriteKind[]): WriteCounts =>
  kinds.reduce((sum, kind) => ({ ...sum, [kind]: sum[kind] + 1 }), noWrites);

const kindOfCommand: Readonly<Partial<Record<WriteOperation, WriteKind>>> = {
  CREATE: 'created',
  UPDATE: 'changed',
  UPSERT: 'changed',
  DELETE: 'deleted',
  MERGE: 'deleted',
};

/** A row that is deactivated is gone for whoever works with it. */
function kindOfEntry(entry: DynamicsEntry): WriteKind {
  if (entry.kind !== 'dynamics-write') return 'changed';
  if (entry.ends) return 'deleted';

  return entry.ifMatch === null ? 'created' : 'changed';
}

export const addBySystem = (one: WritesBySystem, other: WritesBySystem): WritesBySystem => ({
  dynamics: addWrites(one.dynamics, other.dynamics),
  marketo: addWrites(one.marketo, other.marketo),
});
