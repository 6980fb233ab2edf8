import {
  isoTime,
  type ChangeEvent,
  type Conflict,
  type InboxMessage,
  type Lane,
  type MarketerRequest,
  type OperatorWish,
  type Scalar,
} from '@lockstep/change-events';
import { keysSought } from '../attach.ts';
import type { Consent } from '../consent.ts';
import { decide } from '../decide.ts';
import type { Decision, DecisionContext, EmailClaim } from '../decision.ts';
import { survivorsFor } from './exampleMerges.ts';
import { createParts, frozen, type OpenWrite, type Parts, type WorldOptions } from './exampleParts.ts';
import { entryIdOf, lostAnswer, writeDynamics, writeMarketo } from './exampleWrites.ts';
import type { GoldenRecord } from '../goldenRecord.ts';
import { rowKey } from '../linkedRow.ts';
import { claimOf, claimsOf, hasPerson } from '../match.ts';
import { isPersonForetold } from '../planPersonCreation.ts';

/** Both sides and the golden records between them; every step is explicit, so that a history can be told line by line. */
export type World = ReturnType<typeof createWorld>;

export function createWorld(options: WorldOptions = {}) {
  const parts = createParts(options);
  const { dynamics, marketo, state } = parts;

  return {
    ...parts,
    /** Lets Lockstep notice one row of Dynamics. */
    readDynamics: (id: string, lane: Lane = 'LIVE') =>
      receive(
        parts,
        eventOf(parts, { system: 'dynamics', table: tableOf(id), id }, dynamics.change(id, lane)),
      ),
    /** Lets Lockstep notice one person of Marketo. */
    readMarketo: (id: string, lane: Lane = 'LIVE') =>
      receive(parts, eventOf(parts, { system: 'marketo', table: 'person', id }, marketo.change(id, lane))),
    /** Hands over what was read of a person before. */
    hand: (id: string, event: ChangeEvent) =>
      receive(parts, eventOf(parts, { system: 'marketo', table: 'person', id }, event)),
    /** Hands over what was read of a row before, or with other columns. */
    handRow: (id: string, event: ChangeEvent) =>
      receive(parts, eventOf(parts, { system: 'dynamics', table: tableOf(id), id }, event)),
    /** Hands over a message as it is, such as an answer that was given before. */
    handAnswer: (answer: InboxMessage) => receive(parts, answer),
    /** What a marketer asks for, as the router hands it on. */
    ask: (personId: string, request: Partial<MarketerRequest> = {}) =>
      receive(parts, requestOf(parts, personId, request)),
    /** Carries out every write that is planned; with `loseAnswers` the side takes it and Lockstep is not told. */
    carryOut: (how: { readonly loseAnswers?: boolean } = {}) => {
      for (const write of state.open.splice(0)) carryOut(parts, write, how.loseAnswers ?? false);
    },
    /** Lets time pass and wakes every record. */
    wakeUp: (elapsedMs: number) => {
      state.nowMs += elapsedMs;
      const due = { kind: 'wake-up', reason: 'due', target: null, sentAt: isoTime(state.nowMs) } as const;
      for (const goldenId of [...state.records.keys()]) receive(parts, { ...due, goldenId });
    },
    /** What an operator asks of the record of a row. */
    wish: (key: string, reason: OperatorWish, target: string | null = null) =>
      receive(parts, { kind: 'wake-up', goldenId: state.links.get(key) ?? '', reason, target }),
    /** An operator undoes a conflict of the record of a row. */
    undo: (key: string, conflict: Conflict) =>
      receive(parts, {
        ...{ kind: 'wake-up', goldenId: state.links.get(key) ?? '', reason: 'undo' },
        ...{ target: null, conflict },
      }),
    /** Carries out and notices until nothing is left to do. */
    settle: () => settle(parts),
    record: (key: string): GoldenRecord => {
      const record = state.records.get(state.links.get(key) ?? '');
      if (!record) throw new Error(`nothing is linked to ${key}`);
      return record;
    },
  };
}

type RowName = { readonly system: 'dynamics' | 'marketo'; readonly table: string; readonly id: string };

/** Contacts are called `contact-…` in the examples, all other rows are leads. */
const tableOf = (id: string): string => (id.startsWith('contact') ? 'contact' : 'lead');

/** As the router does it: a person that we created carries its golden id, and a contact has that of its lead. */
function eventOf({ state }: Parts, row: RowName, event: ChangeEvent): InboxMessage {
  const key = rowKey(row);
  const ours = event.fields?.['lockstepId'];
  const origin = event.fields?.['originatingleadid'];
  const first = origin && typeof origin === 'object' && 'id' in origin ? origin.id : row.id;
  const goldenId = state.links.get(key) ?? (typeof ours === 'string' ? ours : `golden/${first}`);
  state.links.set(key, goldenId);
  return { kind: 'event', goldenId, system: row.system, table: row.table, event, written: null };
}

/** A person that nobody has read yet leads to the record that it would get. */
function requestOf({ state }: Parts, personId: string, asked: Partial<MarketerRequest>): InboxMessage {
  const goldenId =
    state.links.get(rowKey({ system: 'marketo', table: 'person', id: personId })) ?? `golden/${personId}`;
  const at = new Date(state.nowMs).toISOString();
  const request: MarketerRequest = {
    ...{ requestId: 'webhook/1', personId, kind: 'SYNC_PERSON', state: 'QUEUED', door: 'WEBHOOK' },
    ...{ arguments: { as: 'lead' }, askedAt: at, at, code: null, detail: null },
    ...asked,
  };
  return { kind: 'request', goldenId, request };
}

function receive(parts: Parts, message: InboxMessage): Decision {
  const { state } = parts;
  const former = state.records.get(message.goldenId) ?? null;
  const decision = decide(frozen(former), message, contextOf(parts, former, message));
  state.decisions.push(decision);
  state.records.set(message.goldenId, decision.record);
  for (const key of decision.relinks?.rowKeys ?? []) state.links.set(key, decision.relinks?.to ?? '');
  const { goldenId } = message;
  linkCreated(parts, goldenId, decision);
  state.open.push(
    ...decision.dynamicsWrites.map((entry) => ({ to: 'dynamics' as const, goldenId, entry })),
    ...decision.commands.map((command) => ({ to: 'marketo' as const, goldenId, command })),
  );
  tellOthers(parts, decision);
  return decision;
}

/** As the owner does it, before anything is written. */
function linkCreated({ state }: Parts, goldenId: string, { dynamicsWrites }: Decision): void {
  for (const entry of dynamicsWrites) {
    if (entry.kind !== 'dynamics-write' || entry.ifMatch !== null) continue;
    const { table, rowId } = entry;
    state.links.set(rowKey({ system: 'dynamics', table, id: rowId }), goldenId);
  }
}

function tellOthers(parts: Parts, { forwards, consent }: Decision): void {
  if (!parts.state.losesForwards) for (const forward of forwards) receive(parts, forward);
  if (consent) tellAll(parts, consent.consent);
}

function contextOf({ state }: Parts, former: GoldenRecord | null, message: InboxMessage): DecisionContext {
  const outbox = former?.outbox ?? [];
  return {
    mapping: state.mapping,
    policy: state.policy,
    nowMs: state.nowMs,
    firstReadsComplete: state.firstReadsComplete,
    claims: claimsFor(state.records, former, message),
    foretold: new Set([...state.records.values()].filter(isPersonForetold).map(({ goldenId }) => goldenId)),
    linked: new Set([...state.records.values()].filter(hasPerson).map(({ goldenId }) => goldenId)),
    owners: state.links,
    parents: new Map([...state.parents].map((id) => [id, id])),
    // As the owner does it: a contact that is woken looks for what it was saved with.
    ...(former && message.kind === 'wake-up' && { accounts: accountsFor(state.accounts, former) }),
    published: new Set([...outbox.map((entry) => entry.entryId), ...state.published]),
    survivors: survivorsFor(state, former),
    revisionEpoch: state.revisionEpoch,
    withheld: state.withheld,
    consents: state.consents,
  };
}

const accountsFor = (accounts: ReadonlyMap<string, readonly string[]>, record: GoldenRecord) =>
  new Map(keysSought(record).map((key) => [key, accounts.get(key) ?? []]));

/** Stores a wish for an address and wakes whoever else claims it. */
function tellAll(parts: Parts, consent: Consent): void {
  const { consents, records } = parts.state;
  consents.set(consent.claim, consent);
  const claiming = [...records.values()].flatMap((record) => [...claimsOf(record).values()]);
  const others = claiming.filter(
    ({ claim, goldenId }) => claim === consent.claim && goldenId !== consent.goldenId,
  );
  for (const goldenId of new Set(others.map((other) => other.goldenId)))
    receive(parts, { kind: 'wake-up', goldenId, reason: 'due', target: null });
}

/** Every row that claims the address of this message's record, as the claim store tells it. */
function claimsFor(
  records: ReadonlyMap<string, GoldenRecord>,
  former: GoldenRecord | null,
  message: InboxMessage,
): EmailClaim[] {
  const brought = addressIn(message) ?? former?.fields['email']?.value;
  const wanted = typeof brought === 'string' ? claimOf(brought) : null;
  return [...records.values()]
    .flatMap((record) => [...claimsOf(record).values()])
    .filter(({ claim }) => claim === wanted);
}

function addressIn(message: InboxMessage): unknown {
  if (message.kind !== 'event') return null;
  const { fields } = message.event;
  return message.system === 'marketo' ? fields?.['email'] : fields?.['emailaddress1'];
}

function carryOut(parts: Parts, write: OpenWrite, losesAnswer: boolean): void {
  const isOpen = parts.state.records
    .get(write.goldenId)
    ?.outbox.some(({ entryId }) => entryId === entryIdOf(write));
  if (!isOpen) return;
  const answer = write.to === 'dynamics' ? writeDynamics(parts, write) : writeMarketo(parts, write);
  if (!losesAnswer) receive(parts, answer);
  else if (write.to === 'marketo') receive(parts, lostAnswer(parts, write.command));
}

const roundsMax = 30;

function settle(parts: Parts): void {
  const { dynamics, marketo, state } = parts;
  for (let round = 0; round < roundsMax; round += 1) {
    const open = state.open.splice(0);
    for (const write of open) carryOut(parts, write, false);
    const rows = [...state.links.keys()].filter((key) => key.startsWith('dynamics/'));
    const moved = rows.map((key) => key.split('/')[2] ?? '').filter((id) => isNews(parts, id));
    for (const id of moved) {
      const table = dynamics.table(id) ?? tableOf(id);
      const row = { system: 'dynamics', table, id } as const;
      receive(parts, eventOf(parts, row, dynamics.change(id, 'LIVE')));
    }
    const persons = marketo.ids().filter((id) => marketo.hasNews(id));
    for (const id of persons)
      receive(parts, eventOf(parts, { system: 'marketo', table: 'person', id }, marketo.change(id, 'LIVE')));
    if (open.length + moved.length + persons.length === 0 && state.open.length === 0) return;
  }
  throw new Error(`not quiet after ${roundsMax} rounds`);
}

/** True when the row shows a version that its golden record does not know. */
function isNews({ dynamics, state }: Parts, id: string): boolean {
  const records = [...state.records.values()].filter((record) => !record.aliasOf);
  const row = records.flatMap((record) => record.rows).find((other) => other.id === id);
  const version = dynamics.version(id);
  return version === null ? row?.deletedAt === null : row?.version?.number !== version;
}

/** Values of both sides and the golden one, for a field of the mapping. */
export function valuesOf(
  world: World,
  rowId: string,
  personId: string,
  field: string,
): readonly (Scalar | undefined)[] {
  const mapping = world.state.mapping.find((row) => row.field === field);
  if (!mapping) throw new Error(`no mapping for ${field}`);
  const table = tableOf(rowId);
  const { value } = world.record(`dynamics/${table}/${rowId}`).fields[field] ?? {};
  const column = world.dynamics.column(rowId, mapping.columns[table] ?? '');
  return [column, value, world.marketo.field(personId, mapping.marketo)];
}
