import type { Sequence, System } from '@lockstep/change-events';
import type { GoldenRecord } from './goldenRecord.ts';
import type { MappingRow } from './mapping.ts';
import { planOf } from './mappingPlan.ts';

/** What whoever reads an email address wishes: an opt-out belongs to the address, not to a record (F-43). */
export type Consent = {
  readonly claim: string;
  readonly optedOut: boolean;
  /** From 1; raised by one with each change. */
  readonly revision: number;
  /** The golden record that brought the change, the side that spoke, and when, as an ISO time. */
  readonly goldenId: string;
  readonly source: System;
  readonly changedAt: string | null;
  /** The version or call number that had shown that side to the record; null where none had, absent in what former versions stored. */
  readonly shownAt?: Sequence | null;
};

/** A wish to store, guarded by the revision that was read; 0 inserts. */
export type ConsentChange = { readonly consent: Consent; readonly expected: number };

/** The golden field whose opt-out goes with the address; the other opt-outs are of one record. */
export const consentField = 'unsubscribed';

/** True when the mapping has the field whose opt-out goes with the address. */
export function hasConsent(mapping: readonly MappingRow[]): boolean {
  return planOf(mapping).fields.has(consentField);
}

/** Names a wish that is still to be told, among what is known to be published; null when there is none. */
export function spreadId({ consent }: Pick<GoldenRecord, 'consent'>): string | null {
  return consent?.spreads ? `consent/${consent.claim}/${consent.revision}` : null;
}

/** As far as the sides tell the time. */
export const isOlder = (time: string | null, other: string | null): boolean =>
  time !== null && other !== null && secondOf(time) < secondOf(other);

/** Dynamics tells no less than a second. */
const secondOf = (time: string): number => Math.floor(Date.parse(time) / 1000);
