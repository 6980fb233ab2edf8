import type { InboxMessage } from '@lockstep/change-events';
import type { ClaimStore, LinkStore } from '@lockstep/ports';
import { claimOf, emailClaim, rowKey, type EmailClaim, type GoldenRecord } from '@lockstep/reconciliation';

/** The address by which this message's record can be matched: the one it brings, else the one that is known. */
export function claimFor(inbox: InboxMessage, record: GoldenRecord | null): string | null {
  return claimBrought(inbox)?.claim ?? (record ? emailClaim(record) : null);
}

/** The claim that an event's own email address makes. */
function claimBrought(inbox: InboxMessage): EmailClaim | null {
  if (inbox.kind !== 'event') return null;
  const table = inbox.system === 'marketo' ? 'person' : inbox.table;
  const email = inbox.event.fields?.[inbox.system === 'marketo' ? 'email' : 'emailaddress1'];
  const claim = typeof email === 'string' ? claimOf(email) : null;
  if (claim === null) return null;
  return {
    claim,
    rowKey: rowKey({ system: inbox.system, table, id: inbox.event.recordId }),
    goldenId: inbox.goldenId,
  };
}

/** Claims are stored before they are read, so that of two records that claim one address at least one sees the other. */
export async function readClaims(
  claims: ClaimStore,
  messages: readonly InboxMessage[],
  stored: ReadonlyMap<string, GoldenRecord>,
): Promise<ReadonlyMap<string, readonly EmailClaim[]>> {
  const brought = messages
    .filter((message) => !stored.get(message.goldenId)?.aliasOf)
    .flatMap((message) => claimBrought(message) ?? []);
  await claims.add(brought);
  const known = [...stored.values()].flatMap((record) => emailClaim(record) ?? []);
  return claims.read([...new Set([...brought.map((claim) => claim.claim), ...known])]);
}

/** A person that an outcome names is linked before it is used; somebody else may have been first. */
export async function readOwners(
  links: LinkStore,
  messages: readonly InboxMessage[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map<string, string>();
  for (const message of messages) {
    if (message.kind !== 'outcome' || !message.outcome.personId) continue;
    wanted.set(
      rowKey({ system: 'marketo', table: 'person', id: message.outcome.personId }),
      message.goldenId,
    );
  }
  return wanted.size === 0 ? wanted : links.link(wanted);
}
