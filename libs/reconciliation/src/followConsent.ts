import { isAfter, type KnownWish, type Sequence, type System } from '@lockstep/change-events';
import { setField } from './applyChange.ts';
import { type Consent, consentField, hasConsent, isOlder } from './consent.ts';
import { activeRow, type Draft } from './decision.ts';
import type { GoldenRecord } from './goldenRecord.ts';
import { emailClaim } from './match.ts';
import { consentRule } from './policy.ts';

/**
 * Follows the wish that goes with the record's address, or changes it for all records that have the address (F-43). A record
 * that brings an opt-out to an address that has one says it anew: an older lift, read later, does not undo it.
 */
export function followConsent(draft: Draft): void {
  const claim = followedClaim(draft);
  if (claim === null) return;
  const stored = draft.context.consents?.get(claim);
  const optedOut = wishOf(draft, claim, stored);
  if (isDeaf(draft, optedOut)) return;
  const isAnother = optedOut !== (stored?.optedOut ?? false);
  const isSaid = isAnother || saysAnew(draft, claim, stored);
  take(draft, stored, optedOut);
  if (isSaid) change(draft, claim, { optedOut, stored });
  else note(draft, claim, stored);
}

/** The address whose wish the record follows; null for what has none. */
function followedClaim({ record, context }: Draft): string | null {
  if (record.entity || record.aliasOf || !hasConsent(context.mapping)) return null;
  return emailClaim(record);
}

/** What whoever has the record's address wishes: nobody opts it out, or in again, but by an edit. */
export const isWishOfAddress = (draft: Draft, field: string): boolean =>
  field === consentField && followedClaim(draft) !== null;

/** Whoever has the address lifted its opt-out since the wish that is known: what was said up to then holds no more. */
export function isLifted({ context }: Draft, wish?: KnownWish | null): boolean {
  const stored = wish && context.consents?.get(wish.claim);

  return stored ? !stored.optedOut && stored.revision >= wish.revision : false;
}

function take(draft: Draft, stored: Consent | undefined, optedOut: boolean): void {
  if (!stored || optedOut === isOptedOut(draft.record)) return;
  const { source, changedAt } = stored;
  setField(draft, consentField, { value: optedOut, source, changedAt, rule: consentRule });
}

/** What is gone is told again when it comes back; until then it may still speak, but does not listen. */
const isDeaf = ({ record }: Draft, optedOut: boolean): boolean =>
  optedOut !== isOptedOut(record) && isGone(record);

/** Nothing of it is left on either side. */
const isGone = ({ rows }: Pick<GoldenRecord, 'rows'>): boolean => rows.every(({ deletedAt }) => deletedAt);

const isOptedOut = ({ fields }: Pick<GoldenRecord, 'fields'>): boolean =>
  fields[consentField]?.value === true;

/** By another record, after the last word on the address, as far as the sides tell the time. */
const saysAnew = (draft: Draft, claim: string, stored: Consent | undefined): boolean =>
  isOptedOut(draft.record) &&
  (knownRevision(draft, claim) === null || isSaidNow(draft)) &&
  isOthers(draft, stored) &&
  !precedes(draft, stored);

/** The message brought a word of the record’s own; one that is decided again brings none. */
const isSaidNow = ({ record, before }: Draft): boolean => {
  const own = record.fields[consentField];
  return own !== before.fields[consentField] && own?.rule !== consentRule;
};

const isOthers = ({ record }: Draft, stored: Consent | undefined): stored is Consent =>
  stored !== undefined && stored.goldenId !== record.goldenId;

/** The record’s own word is older than the last one on the address; false in the same second, and where a side does not tell. */
const precedes = ({ record }: Draft, { changedAt }: Consent): boolean =>
  isOlder(record.fields[consentField]?.changedAt ?? null, changedAt);

/** The revision that the record followed for this address; null when it is new there. */
const knownRevision = ({ before }: Draft, claim: string): number | null =>
  before.consent?.claim === claim ? before.consent.revision : null;

/** An opt-out wins over whatever did not know of it; what was not said anew follows the address. */
function wishOf(draft: Draft, claim: string, stored: Consent | undefined): boolean {
  const own = isOptedOut(draft.record);
  const known = knownRevision(draft, claim);
  if (!stored) return own;
  if (known === null) return own || isInherited(draft, stored);
  if (stored.revision <= known) return own || isOldLift(draft, stored);
  return stored.optedOut || (own && speaks(draft));
}

/** Its opt-out is none that it merely followed so far. */
const speaks = (draft: Draft): boolean => !isOptedOut(draft.before) || isSaidNow(draft);

const isInherited = (draft: Draft, stored: Consent): boolean =>
  stored.optedOut && !isLiftOfOwn(draft, stored);

/**
 * A process stored the wish of this record, and died before it saved the record; the side that had wished so has lifted it since. What
 * it showed before that is no lift: another process may just have saved the record. Nor is a state of which nobody tells when it came about.
 */
function isLiftOfOwn(draft: Draft, { goldenId, source, shownAt }: Consent): boolean {
  const { before, record, cause } = draft;
  if (before.revision.number > 0 || goldenId !== record.goldenId || source !== cause.system) return false;
  if (!shownAt || !record.fields[consentField]?.changedAt) return false;

  return isAfter(shownBy(draft, source), shownAt);
}

/** The version or call number at which a side showed its wish last. */
const shownBy = ({ record }: Draft, source: System): Sequence | null =>
  activeRow(record, source)?.seen[consentField]?.at ?? null;

/** Somebody opted out with another record after this one was lifted, and was read first. */
const isOldLift = (draft: Draft, stored: Consent | undefined): boolean =>
  isOptedOut(draft.before) &&
  isOthers(draft, stored) &&
  stored.optedOut &&
  isOlder(liftedAt(draft), stored.changedAt);

/** Dynamics has one time for a row: a lift that is read with other edits may be nearly as old as the opt-out that it lifts. */
function liftedAt({ before, record }: Draft): string | null {
  const lift = record.fields[consentField];
  const isSure = lift?.source !== 'dynamics' || !isEditedElse(before, record);

  return (isSure ? lift : before.fields[consentField])?.changedAt ?? null;
}

/** The row of Dynamics shows other values in other fields, too. */
function isEditedElse(before: GoldenRecord, record: Draft['record']): boolean {
  const [former, present] = [before, record].map((each) => activeRow(each, 'dynamics')?.seen ?? {});
  const others = Object.entries(former ?? {}).filter(([field]) => field !== consentField);

  return others.some(([field, { value }]) => value !== present?.[field]?.value);
}

function change(
  draft: Draft,
  claim: string,
  { optedOut, stored }: { readonly optedOut: boolean; readonly stored: Consent | undefined },
): void {
  const { record } = draft;
  const { source = 'dynamics', changedAt = null } = record.fields[consentField] ?? {};
  const expected = stored?.revision ?? 0;
  const revision = Math.max(expected, knownRevision(draft, claim) ?? 0) + 1;
  const said = { goldenId: record.goldenId, source, changedAt, shownAt: shownBy(draft, source) };
  const consent = { claim, optedOut, revision, ...said };
  draft.consent = { consent, expected };
  record.consent = { claim, revision, spreads: true };
}

/** A wish of its own that it did not note was stored by a process that died before it saved the record: it is still to be told. */
function note(draft: Draft, claim: string, stored: Consent | undefined): void {
  const { record } = draft;
  const known = knownRevision(draft, claim);
  if (!stored) {
    if (known === null) delete record.consent;
    return;
  }
  if (known !== null && stored.revision <= known) return;
  const isOwn = stored.goldenId === record.goldenId;
  record.consent = { claim, revision: stored.revision, ...(isOwn ? { spreads: true } : {}) };
}
