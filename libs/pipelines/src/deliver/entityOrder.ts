import type { MarketoEntity, WriteCommand } from '@lockstep/change-events';

/** Parents before those who name them; null is a person (marketo-rest 4, order). Custom objects come last. */
const order: readonly (MarketoEntity | null)[] = ['salesperson', 'company', null, 'opportunity', 'role'];

/** Commands in groups that may be sent at the same time, one group after the other; deletes come last, children first. */
export function inEntityOrder(commands: readonly WriteCommand[]): readonly (readonly WriteCommand[])[] {
  const groups = new Map<number, WriteCommand[]>();
  for (const command of commands) {
    const rank = rankOf(command);
    groups.set(rank, [...(groups.get(rank) ?? []), command]);
  }
  return [...groups].sort(([left], [right]) => left - right).map(([, group]) => group);
}

function rankOf({ operation, entity = null }: WriteCommand): number {
  const known = order.indexOf(entity);
  const rank = known < 0 ? order.length : known;
  return operation === 'DELETE' ? 2 * order.length + 1 - rank : rank;
}
