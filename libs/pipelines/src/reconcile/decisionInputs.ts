import type { InboxMessage } from '@lockstep/change-events';
import type { ClaimStore, IncomingMessage, LinkStore } from '@lockstep/ports';
import {
  claimOf,
  emailClaim,
  entityOfTable,
  newPersonIn,
  rowKey,
  type EmailClaim,
  type GoldenRecord,
} from '@lockstep/reconciliation';

/** False for a key or a shape that does not belong on an inbox: nothing can be read for such a message. */
export function belongsInInbox({ key, value }: IncomingMessage): boolean {
  const inbox = value as Partial<InboxMessage> | null;
  if (inbox?.goldenId !== key) return false;
  switch (inbox.kind) {
    case 'event':
      return Boolean(inbox.event);
    case 'refusal':
      return Boolean(inbox.written);
    case 'outcome':
      return Boolean(inbox.outcome);
    case 'request':
      return Boolean(inbox.request?.requestId);
    case 'wake-up':
      return true;
    default:
      return false;
  }
}

/** Who claims an address by which this message's record may be matched: the one it brings, and the one that is known. */
export function claimsAround(
  claiming: ReadonlyMap<string, readonly EmailClaim[]>,
  inbox: InboxMessage,
  record: GoldenRecord | null,
): readonly EmailClaim[] {
  if (claiming.size === 0) return [];
  const addresses = new Set([addressBrought(inbox), record && emailClaim(record)]);
  return [...addresses].flatMap((address) => claiming.get(address ?? '') ?? []);
}

/** What the email address of an event about a person claims; null for what brings none. */
function addressBrought(inbox: InboxMessage): string | null {
  if (inbox.kind !== 'event' || entityOfTable(inbox.table)) return null;
  const email = inbox.event.fields?.[inbox.system === 'marketo' ? 'email' : 'emailaddress1'];
  return typeof email === 'string' ? claimOf(email) : null;
}

function claimBrought(inbox: InboxMessage): EmailClaim | null {
  const claim = addressBrought(inbox);
  if (claim === null || inbox.kind !== 'event') return null;
  const { goldenId, system, event } = inbox;
  const table = system === 'marketo' ? 'person' : inbox.table;
  return { claim, rowKey: rowKey({ system, table, id: event.recordId }), goldenId };
}

/** What the events of a batch claim; an alias claims nothing any more. */
export function claimsBrought(
  messages: readonly InboxMessage[],
  stored: ReadonlyMap<string, GoldenRecord>,
): readonly EmailClaim[] {
  return messages
    .filter((message) => !stored.get(message.goldenId)?.aliasOf)
    .flatMap((message) => claimBrought(message) ?? []);
}

/** The address that a message claims; an alias claims nothing any more. */
export function addressOf(message: InboxMessage, stored: ReadonlyMap<string, GoldenRecord>): string | null {
  return stored.get(message.goldenId)?.aliasOf ? null : addressBrought(message);
}

/** Claims are stored before they are read, so that of two records that claim one address at least one sees the other. */
export async function readClaims(
  claims: ClaimStore,
  brought: readonly EmailClaim[],
  stored: ReadonlyMap<string, GoldenRecord>,
): Promise<ReadonlyMap<string, readonly EmailClaim[]>> {
  await claims.add(brought);
  const known = [...stored.values()].flatMap((record) => emailClaim(record) ?? []);
  return claims.read([...new Set([...brought.map((claim) => claim.claim), ...known])]);
}

/** A person that a record does not have yet, or that an outcome names, is linked before it is used; somebody else may have been first. */
export async function readOwners(
  links: LinkStore,
  messages: readonly InboxMessage[],
  stored: ReadonlyMap<string, GoldenRecord>,
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map<string, string>();
  for (const message of messages) {
    const person = newPersonIn(message, stored.get(message.goldenId) ?? null);
    if (person) wanted.set(person.key, person.owner);
    if (message.kind !== 'outcome' || message.outcome.entity) continue;
    const named = message.outcome.personId;
    if (named) wanted.set(rowKey({ system: 'marketo', table: 'person', id: named }), message.goldenId);
  }
  return wanted.size === 0 ? wanted : links.link(wanted);
}
