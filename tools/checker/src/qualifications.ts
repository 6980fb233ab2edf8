import { eventsShowing } from './activeIdIn.ts';
import type { History } from './history.ts';
import { originIn } from './qualified.ts';
import type { Succession } from './succession.ts';

/** A lead is carried on by the first contact that is made of it, unless that was gone before anybody saw it (F-26). */
export function qualificationsIn(history: History): readonly Succession[] {
  const { states } = history.dynamics;
  const leads = new Set(states.flatMap(({ table, id }) => (table === 'lead' ? [id] : [])));
  const heirs = new Map<string, Succession>();
  for (const state of states) {
    const leadId = originIn(state);
    if (leadId === null || !leads.has(leadId) || heirs.has(leadId)) continue;
    const seenVersion = firstVersionOf(history, state.id);
    if (seenVersion !== null)
      heirs.set(leadId, {
        ...{ former: { table: 'lead', id: leadId }, next: { table: 'contact', id: state.id }, seenVersion },
      });
  }
  return [...heirs.values()];
}

/**
 * The version that was decided first, since live changes overtake a first load; the first that was published where no decision names
 * it, any where topics were not read. Null where none was, or its deletion was first.
 */
function firstVersionOf({ changes, golden }: History, contactId: string): number | null {
  if (!changes) return 0;
  const [first] = eventsShowing({ golden }, contactId);
  const cause = first?.causeEventId ?? '';
  const [, how, version] = new RegExp(`^dynamics/contact/${contactId}/(.*?)([0-9]+)$`).exec(cause) ?? [];
  if (how?.startsWith('deleted')) return null;

  return version === undefined ? firstPublished(changes, contactId) : Number(version);
}

function firstPublished(changes: NonNullable<History['changes']>, contactId: string): number | null {
  const shown = changes['dynamics.contact.changes'] ?? [];
  const first = shown.find(({ key, value }) => key === contactId && value?.version);

  return first?.value?.version?.number ?? null;
}
