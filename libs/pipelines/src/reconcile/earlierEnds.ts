import type { InboxMessage } from '@lockstep/change-events';
import type { LinkStore } from '@lockstep/ports';
import { rowKey } from '@lockstep/reconciliation';

/**
 * What ended persons before anybody was linked to them, for the records that are linked now; to be called once these links
 * are stored. A repeat of an end changes nothing.
 */
export async function earlierEnds(
  links: Pick<LinkStore, 'resolve' | 'readEnds'>,
  messages: readonly InboxMessage[],
): Promise<readonly InboxMessage[]> {
  const named = messages.flatMap((message) =>
    message.kind === 'outcome' && message.outcome.personId ? [message.outcome.personId] : [],
  );
  if (named.length === 0) return [];
  const keys = named.map((id) => rowKey({ system: 'marketo', table: 'person', id }));
  const ends = await links.readEnds([...new Set(keys)]);
  if (ends.size === 0) return [];
  const owners = await links.resolve([...ends.keys()]);

  return [...ends].flatMap(([key, event]): InboxMessage[] => {
    const goldenId = owners.get(key);
    return goldenId === undefined
      ? []
      : [{ kind: 'event', goldenId, system: 'marketo', table: 'lead', event, written: null }];
  });
}
