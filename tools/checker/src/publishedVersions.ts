import type { ChangeEvent } from '@lockstep/change-events';
import type { History } from './history.ts';

/** The versions of each row of Dynamics that are on its topic, by `table/id`; null when topics were not read. */
export type PublishedVersions = ReadonlyMap<string, ReadonlySet<number>> | null;

export function publishedVersions({ changes }: History): PublishedVersions {
  if (!changes) return null;
  const found = new Map<string, Set<number>>();
  for (const [topic, messages] of Object.entries(changes)) {
    const [system, table] = topic.split('.');
    if (system !== 'dynamics') continue;
    for (const { key, value } of messages) add(found, `${table}/${key}`, value);
  }
  return found;
}

function add(found: Map<string, Set<number>>, key: string, event: ChangeEvent | null): void {
  if (!event?.version) return;
  found.set(key, (found.get(key) ?? new Set()).add(event.version.number));
}
