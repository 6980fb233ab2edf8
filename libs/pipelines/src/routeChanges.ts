import {
  topics,
  type ChangeEvent,
  type DeliveryOutcome,
  type InboxMessage,
  type MarketerRequest,
  type System,
} from '@lockstep/change-events';
import type { BatchHandler, IncomingMessage, LinkStore, OutgoingMessage } from '@lockstep/ports';
import { customerRoleKey, goldenIdOf, originatingLead, rowKey } from '@lockstep/reconciliation';
import { validate as isUuid } from 'uuid';
import { goldenIdsOfLeads } from './qualifiedLeads.ts';

type Source = { readonly system: System; readonly table: string };

/** Which row an event of a topic is about; null for topics that are not about rows. */
export function sourceOf(topic: string): Source | null {
  const [system, table, last] = topic.split('.');
  if (last !== 'changes' || table === undefined) return null;
  if (system === 'dynamics') return { system, table };
  return system === 'marketing' ? { system: 'marketo', table } : null;
}

const keyOf = (source: Source, id: string): string =>
  rowKey({ system: source.system, table: source.system === 'marketo' ? 'person' : source.table, id });

/**
 * Resolves (system, table, id) to a golden id and forwards to that id's inbox. A link is stored before it is used. What ends
 * an unknown person is kept for whoever is linked to it later; events of other unknown rows that only say "deleted" or
 * "moved" lead nowhere and end here.
 */
export function createRouter(links: LinkStore): BatchHandler {
  return async (batch) => {
    if (batch.topic === topics.requests) return { messages: await forwardRequests(links, batch.messages) };
    const source = sourceOf(batch.topic);
    if (source === null) return { messages: batch.messages.map(forwardOutcome) };
    const live = batch.messages.filter((message) => isForwarded(message));
    const owners = await resolveOwners(links, source, live);
    const late =
      source.system === 'marketo' ? await keepEnds(links, { source, owners, messages: live }) : noOwners;
    const all = late.size === 0 ? owners : new Map([...owners, ...late]);
    return { messages: live.flatMap((message) => forwardEvent(source, all, message)) };
  };
}

/** Tombstones and MOVED serve other consumers; the owner of a person learns nothing from them. */
function isForwarded(message: IncomingMessage): boolean {
  return message.value !== null && (message.value as ChangeEvent).operation !== 'MOVED';
}

async function resolveOwners(
  links: LinkStore,
  source: Source,
  messages: readonly IncomingMessage[],
): Promise<ReadonlyMap<string, string>> {
  const keys = new Set(messages.flatMap((message) => keysOf(source, message.key)));
  const known = await links.resolve([...keys]);
  const proposed = proposeRoles(source, messages, known);
  const origins = new Map<string, string>();
  for (const message of messages) {
    const key = keyOf(source, message.key);
    const event = message.value as ChangeEvent;
    if (known.has(key) || isEnd(event) || proposed.has(key)) continue;
    proposed.set(key, proposeGoldenId(key, event));
    const origin = originatingLead(event);
    if (source.table === 'contact' && origin !== null) origins.set(key, origin);
  }
  if (proposed.size === 0) return known;
  const carriedOn = await goldenIdsOfLeads(links, origins);
  return new Map([...known, ...(await links.link(new Map([...proposed, ...carriedOn])))]);
}

/** The roles of customers that are met for the first time. */
function proposeRoles(
  source: Source,
  messages: readonly IncomingMessage[],
  known: ReadonlyMap<string, string>,
): Map<string, string> {
  const having = messages.filter(({ value }) => hasCustomerRole(source, value as ChangeEvent));
  const keys = having.map(({ key }) => customerRoleKey(key)).filter((key) => !known.has(key));

  return new Map(keys.map((key) => [key, goldenIdOf(key)]));
}

/** What an event about a row of a source may be told to: of an opportunity, the role of its customer as well. */
const keysOf = (source: Source, id: string): string[] =>
  source.table === 'opportunity' ? [keyOf(source, id), customerRoleKey(id)] : [keyOf(source, id)];

/** The customer of an opportunity has a role once it is a contact (native-sync 2.3), and is told from then on what it becomes. */
function hasCustomerRole({ table }: Source, { fields }: ChangeEvent): boolean {
  const customer = table === 'opportunity' ? fields?.['customerid'] : null;

  return (
    typeof customer === 'object' && customer !== null && 'table' in customer && customer.table === 'contact'
  );
}

/** A row that nobody knows and that is gone leads nowhere. */
const isEnd = ({ operation }: ChangeEvent): boolean => operation === 'DELETE' || operation === 'MERGE';

type Owners = ReadonlyMap<string, string>;
type Routed = {
  readonly source: Source;
  readonly owners: Owners;
  readonly messages: readonly IncomingMessage[];
};

const noOwners: Owners = new Map();

/**
 * A person may be gone before its record hears that it was made. Whoever is linked to a person reads afterwards what
 * ended it; who was linked while that was being kept is answered here.
 */
async function keepEnds(links: LinkStore, { source, owners, messages }: Routed): Promise<Owners> {
  const ends = new Map<string, ChangeEvent>();
  for (const { key, value } of messages) {
    const person = keyOf(source, key);
    if (isEnd(value as ChangeEvent) && !owners.has(person)) ends.set(person, value as ChangeEvent);
  }
  if (ends.size === 0) return noOwners;
  await links.keepEnds(ends);
  return links.resolve([...ends.keys()]);
}

/** A person that we created carries its golden id, and may be noticed before the outcome of its creation is known. */
function proposeGoldenId(key: string, event: ChangeEvent): string {
  const ours = event.fields?.['lockstepId'];
  return typeof ours === 'string' && isUuid(ours) ? ours : goldenIdOf(key);
}

function forwardEvent(
  source: Source,
  owners: ReadonlyMap<string, string>,
  message: IncomingMessage,
): OutgoingMessage[] {
  const event = message.value as ChangeEvent;
  const topic = event.lane === 'BACKFILL' ? topics.inboxBackfill : topics.inbox;
  const goldenIds = keysOf(source, message.key).flatMap((key) => owners.get(key) ?? []);
  return goldenIds.map((goldenId) => {
    const value: InboxMessage = { kind: 'event', goldenId, ...source, event, written: null };
    return { topic, key: goldenId, value, headers: message.headers };
  });
}

function forwardOutcome(message: IncomingMessage): OutgoingMessage {
  const outcome = message.value as DeliveryOutcome;
  const value: InboxMessage = { kind: 'outcome', goldenId: outcome.goldenId, outcome };
  const topic = outcome.lane === 'BACKFILL' ? topics.inboxBackfill : topics.inbox;
  return { topic, key: outcome.goldenId, value, headers: message.headers };
}

/**
 * What marketers ask for; the other states are told by us. A person that nobody has read yet is not linked: it may have been
 * made by a record that does not know it yet. Its request waits in the record that it would get.
 */
async function forwardRequests(
  links: LinkStore,
  messages: readonly IncomingMessage[],
): Promise<OutgoingMessage[]> {
  const asked = messages.filter(({ value }) => isCarriedOut(value as MarketerRequest | null));
  const keyOfPerson = ({ key }: IncomingMessage) => rowKey({ system: 'marketo', table: 'person', id: key });
  const owners = await links.resolve([...new Set(asked.map(keyOfPerson))]);
  return asked.map((message) => {
    const key = keyOfPerson(message);
    const goldenId = owners.get(key) ?? goldenIdOf(key);
    const value: InboxMessage = { kind: 'request', goldenId, request: message.value as MarketerRequest };
    return { topic: topics.inbox, key: goldenId, value, headers: message.headers };
  });
}

const isCarriedOut = (request: MarketerRequest | null): boolean =>
  request?.state === 'QUEUED' && request.kind !== null;
