import { activeRow, type Draft, type DraftRow } from './decision.ts';
import { emailClaim, othersClaiming } from './match.ts';
import type { OpenRequest } from './goldenRecord.ts';
import type { DynamicsRequestEntry } from './outbox.ts';
import { endRequest, markSent, replaceRequest, sendBack } from './openRequests.ts';
import { planCreation } from './planCreation.ts';
import { join } from './wakeUp.ts';

const waitMinMs = 5_000;
const waitMaxMs = 600_000;
/** A person that nobody has read by then is not coming. */
const personAwaitedMs = 86_400_000;

/**
 * Carries the requests of marketers on, oldest first, as far as that needs no answer: what needs one goes out as an entry of
 * the outbox, and the next request begins when it has come.
 */
export function planRequests(draft: Draft): void {
  for (let head = headOf(draft); head && carryOn(draft, head); head = headOf(draft));
}

const headOf = ({ record }: Draft): OpenRequest | undefined => record.requests?.[0];

/** True when the request has ended, or is no longer this record's. */
function carryOn(draft: Draft, head: OpenRequest): boolean {
  const row = activeRow(draft.record, 'dynamics');
  if (isUnderWay(draft)) return false;
  if (row && isUnexplained(row)) return wait(draft, head);
  if (isMade(draft, head) || isThere(row)) return carryOutOn(draft, head, row);
  return insert(draft, head);
}

const isThere = (row: DraftRow | undefined): boolean => row !== undefined && isLive(row);
const isLive = ({ version, deletedAt }: DraftRow): boolean => version !== null && deletedAt === null;
/** Nothing was found there, and the feed has not said why. */
const isUnexplained = ({ missing, deletedAt }: DraftRow): boolean => missing && deletedAt === null;

/** A row is being created, or what was asked for is being done. */
const isUnderWay = ({ record }: Draft): boolean =>
  record.outbox.some(
    (entry) =>
      entry.kind === 'dynamics-request' || (entry.kind === 'dynamics-write' && entry.ifMatch === null),
  );

/** The row that was planned for it came into being, whatever became of it since. */
const isMade = ({ record }: Draft, { rowId }: OpenRequest): boolean =>
  record.rows.some(({ system, id }) => system === 'dynamics' && id === rowId);

/** Its creation gave it to the new owner: whoever got it since, or the contact that was made of it, is not replaced. */
const isMadeForOwner = (draft: Draft, head: OpenRequest): boolean =>
  head.request.kind === 'CHANGE_OWNER' && isMade(draft, head);

/** A person that is there is not sent again (F-21); a contact is never sent as a lead (F-24). */
function carryOutOn(draft: Draft, head: OpenRequest, row: DraftRow | undefined): boolean {
  const { kind, arguments: asked } = head.request;
  if (kind !== 'SYNC_PERSON') return carryOutFor(draft, head, row);
  const isConflict = row?.table === 'contact' && asked['as'] === 'lead';
  endRequest(
    draft,
    head,
    isConflict ? { state: 'FAILED', code: 'REQUEST_KIND_CONFLICT' } : { state: 'DONE' },
  );
  return true;
}

/** What is asked for a row that is there; one that was made for it and deleted since is not made again. */
function carryOutFor(draft: Draft, head: OpenRequest, row: DraftRow | undefined): boolean {
  if (!row || !isLive(row)) {
    endRequest(draft, head, { state: 'FAILED', code: 'DYNAMICS_ROW_MISSING' });
    return true;
  }
  if (isMadeForOwner(draft, head)) {
    endRequest(draft, head, { state: 'DONE' });
    return true;
  }
  const { goldenId, revision, outbox } = draft.record;
  const entry: DynamicsRequestEntry = {
    kind: 'dynamics-request',
    entryId: `${goldenId}/${revision.epoch}.${revision.number}/request`,
    ...{ table: row.table, rowId: row.id, request: head.request, attempts: 0 },
    dueAtMs: draft.context.nowMs + draft.context.policy.dynamicsOutcomeMs,
  };
  outbox.push({ ...entry });
  draft.dynamicsWrites.push(entry);
  markSent(draft, head);
  return false;
}

/** The person gets a row, once it is known that it has none (F-21, F-23, F-32). */
function insert(draft: Draft, head: OpenRequest): boolean {
  const person = activeRow(draft.record, 'marketo');
  if (!person) return awaitPerson(draft, head);
  if (person.deletedAt) {
    endRequest(draft, head, { state: 'FAILED', code: 'REQUEST_PERSON_UNKNOWN' });
    return true;
  }
  if (!draft.context.firstReadsComplete) return wait(draft, head);
  return insertOrJoin(draft, head, findRow(draft));
}

function insertOrJoin(draft: Draft, head: OpenRequest, match: string | 'ambiguous' | null): boolean {
  if (match === null) {
    markSent(draft, head, planCreation(draft, creationFor(head)));
    return false;
  }
  if (match === 'ambiguous') {
    endRequest(draft, head, { state: 'FAILED', code: 'DYNAMICS_AMBIGUOUS' });
    return true;
  }
  // It gets a person of its own just now.
  if (draft.context.foretold?.has(match)) return wait(draft, head);

  return joinRow(draft, head, match);
}

/** A person that is not there is inserted as a lead first, for its new owner when that is what is asked (F-34 to F-36). */
function creationFor({ request: { kind, arguments: asked } }: OpenRequest): Readonly<Record<string, string>> {
  const { owner } = asked;
  if (kind === 'SYNC_PERSON') return asked;
  return kind === 'CHANGE_OWNER' && owner !== undefined ? { owner } : {};
}

/**
 * The golden record of the one row with this address, with matching by email, which has no other person; null without one (G-06;
 * without matching a second row comes into being, F-25).
 */
function findRow({ record, context }: Draft): string | 'ambiguous' | null {
  const own = emailClaim(record);
  if (!context.policy.matchByEmail || own === null || activeRow(record, 'dynamics')) return null;
  const others = othersClaiming(record, context.claims, own);
  const row = others.find(({ rowKey }) => rowKey.startsWith('dynamics/'));
  if (!row) return null;

  return others.length === 1 && !context.linked?.has(row.goldenId) ? row.goldenId : 'ambiguous';
}

/** This record becomes an alias of the row's, and its requests go with it. */
function joinRow(draft: Draft, head: OpenRequest, goldenId: string): boolean {
  join(draft, goldenId);
  return draft.record.aliasOf === goldenId ? false : wait(draft, head);
}

/** Nobody has read the person yet: it may be made just now, by us, and belong to another record. */
function awaitPerson(draft: Draft, head: OpenRequest): boolean {
  const { nowMs } = draft.context;
  if (ageMs(draft, head) > personAwaitedMs) {
    endRequest(draft, head, { state: 'FAILED', code: 'REQUEST_PERSON_UNKNOWN' });
    return true;
  }
  if (head.dueAtMs === null || head.dueAtMs > nowMs) return wait(draft, head);
  sendBack(draft, head);
  return true;
}

const ageMs = ({ context }: Draft, { request }: OpenRequest): number =>
  context.nowMs - Date.parse(request.askedAt);

/** Looked at again after half its age, within bounds. */
function wait(draft: Draft, head: OpenRequest): boolean {
  const { nowMs } = draft.context;
  if (head.dueAtMs !== null && head.dueAtMs > nowMs) return false;
  const afterMs = Math.min(Math.max(ageMs(draft, head) / 2, waitMinMs), waitMaxMs);
  replaceRequest(draft, head, { ...head, dueAtMs: nowMs + afterMs });
  return false;
}
