import type { InboxMessage, System, WriteOperation } from '@lockstep/change-events';
import { addWrites, noWrites, type WriteCounts, type WriteKind } from '@lockstep/ports';
import type { Decision, DecisionContext, DynamicsEntry, GoldenRecord } from '@lockstep/reconciliation';

/** What one batch is about to write to each system. */
export type WritesBySystem = Readonly<Record<System, WriteCounts>>;

export const noWritesAtAll: WritesBySystem = { dynamics: noWrites, marketo: noWrites };

type Decided = { readonly before: GoldenRecord | null; readonly decision: Decision };

/**
 * What an edit of one side, or a request of a marketer, makes this decision write to each, and the merges that follow one later.
 * What follows from our own writes, and what was withheld or came before the first reads were complete, is not counted: whoever let
 * it flow has agreed to it.
 */
export function countWrites(
  message: InboxMessage,
  decided: Decided,
  { firstReadsComplete }: Pick<DecisionContext, 'firstReadsComplete'>,
): WritesBySystem {
  const { decision } = decided;
  const { dynamicsWrites, commands } = countedIn(message, decided);
  if (dynamicsWrites.length + commands.length === 0 || !firstReadsComplete) return noWritesAtAll;
  const isBlanking = decision.goldenEvent?.changed.some(
    ({ before, after }) => after === null && before !== null,
  );
  const kinds = (all: readonly WriteKind[]): WriteCounts =>
    countKinds(all.includes('changed') && isBlanking ? [...all, 'blanked'] : all);

  return {
    dynamics: kinds(dynamicsWrites.map(kindOfEntry)),
    marketo: kinds(commands.flatMap(({ operation }) => kindOfCommand[operation] ?? [])),
  };
}

type Written = Pick<Decision, 'dynamicsWrites' | 'commands'>;

function countedIn(message: InboxMessage, { before, decision }: Decided): Written {
  const isEdit = message.kind === 'event' && message.written === null;
  if (isEdit || message.kind === 'request') return decision;

  return before?.withheld ? { dynamicsWrites: [], commands: [] } : mergesOf(decision);
}

/** They are planned when whoever carries on is known; what is tried again was counted before. */
const mergesOf = ({ dynamicsWrites, commands }: Written): Written => ({
  dynamicsWrites: dynamicsWrites.filter(
    (entry) => 'ends' in entry && entry.ends === 'merge' && !entry.attempts,
  ),
  commands: commands.filter(({ operation }) => operation === 'MERGE'),
});

function countKinds(kinds: readonly WriteKind[]): WriteCounts {
  const counts: Record<WriteKind, number> = { ...noWrites };
  for (const kind of kinds) counts[kind] += 1;

  return counts;
}

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
