import { activeRow, type Draft, type EmailClaim } from './decision.ts';
import type { GoldenRecord } from './goldenRecord.ts';
import { type LinkedRow, rowKey } from './linkedRow.ts';
import { isParted } from './parted.ts';

/** Exactly one candidate on both sides joins; several are for a person to decide (design section 5, First meeting). */
export type Match =
  { readonly kind: 'none' | 'ambiguous' } | { readonly kind: 'join'; readonly goldenId: string };

export function findMatch(draft: Draft): Match {
  const others = rivalsOf(draft);
  const persons = others.filter((claim) => claim.rowKey.startsWith('marketo/'));
  const [person] = persons;
  if (!person) return { kind: 'none' };
  if (persons.length > 1 || others.length > persons.length) return { kind: 'ambiguous' };
  return { kind: 'join', goldenId: person.goldenId };
}

/** Who else claims the record's address, where addresses match. */
export function rivalsOf(draft: Draft): readonly EmailClaim[] {
  const { record, context } = draft;
  const own = emailClaim(record);
  if (!mayMatch(draft) || own === null) return [];
  return othersClaiming(record, context.claims, own);
}

/** Other records' claims to an address, but for those who have a row that an operator parted from this record. */
export function othersClaiming(
  record: Pick<GoldenRecord, 'goldenId' | 'parted'>,
  claims: readonly EmailClaim[],
  address: string,
): readonly EmailClaim[] {
  const apart = claims.filter(({ rowKey: key }) => isParted(record, key)).map(({ goldenId }) => goldenId);

  return claims.filter(
    ({ claim, goldenId }) => claim === address && goldenId !== record.goldenId && !apart.includes(goldenId),
  );
}

/** By its address; not where an operator said that whoever else has it is somebody else. */
export const mayMatch = ({ record, context }: Draft): boolean => context.policy.matchByEmail && !record.apart;

function normalise(email: unknown): string | null {
  const text = typeof email === 'string' ? email.trim().toLowerCase() : '';
  return text === '' ? null : `email/${text}`;
}

/** The claim of a record's golden email address; null without one. */
export function emailClaim(record: { readonly fields: GoldenRecord['fields'] }): string | null {
  return normalise(record.fields['email']?.value);
}

/** The claim an address makes. */
export function claimOf(email: string): string | null {
  return normalise(email);
}

/**
 * What a record claims now, by claim and row. A row of Dynamics, deleted or not, also claims the address of its record's
 * person: that person is taken, and the next row with the address is for a person to decide about.
 */
export function claimsOf(record: GoldenRecord): ReadonlyMap<string, EmailClaim> {
  const claims = new Map<string, EmailClaim>();
  if (record.aliasOf || record.entity) return claims;
  for (const row of record.rows) {
    const claim = normalise(row.seen['email']?.value);
    if (claim === null || row.deletedAt) continue;
    for (const key of claimants(record, row)) {
      claims.set(`${claim} ${key}`, { claim, rowKey: key, goldenId: record.goldenId });
    }
  }
  return claims;
}

/** The address of a linked person is claimed by its row of Dynamics too. */
function claimants(record: GoldenRecord, row: GoldenRecord['rows'][number]): string[] {
  const crm = row.system === 'marketo' ? activeRow(record, 'dynamics') : undefined;
  return [row, ...(crm ? [crm] : [])].map(rowKey);
}

type ClaimChanges = { readonly added: readonly EmailClaim[]; readonly removed: readonly EmailClaim[] };

export const noClaims: ClaimChanges = { added: [], removed: [] };

/**
 * Claims that rows took up and gave up in a decision, with those of `known` that a process stored for the record and died before it
 * saved that. Those of an alias are kept: the record it joined takes them over.
 */
export function claimChanges(
  before: GoldenRecord,
  after: GoldenRecord,
  known: readonly EmailClaim[],
): ClaimChanges {
  const own = known.filter(({ goldenId }) => goldenId === after.goldenId);
  if (own.length === 0 && claimAlike(before, after)) return noClaims;
  const [former, present] = [claimsOf(before), claimsOf(after)];
  const stored = new Map([
    ...former,
    ...own.map((claim) => [`${claim.claim} ${claim.rowKey}`, claim] as const),
  ]);
  const missingIn = (from: ReadonlyMap<string, EmailClaim>, other: ReadonlyMap<string, EmailClaim>) =>
    [...from].filter(([key]) => !other.has(key)).map(([, claim]) => claim);
  return {
    added: missingIn(present, former),
    removed: after.aliasOf ? [] : missingIn(stored, present),
  };
}

/** What claims are made of is the same, row by row: then so are they. Rows come and go, and never change places. */
function claimAlike(before: GoldenRecord, after: GoldenRecord): boolean {
  if (before.aliasOf !== after.aliasOf || before.rows.length !== after.rows.length) return false;
  return before.rows.every((row, at) => claimsLike(row, after.rows[at]));
}

function claimsLike(row: LinkedRow, other: LinkedRow | undefined): boolean {
  if (row.active !== other?.active) return false;
  const isThere = (row.deletedAt === null) === (other.deletedAt === null);
  return isThere && row.seen['email']?.value === other.seen['email']?.value;
}

/** A person of it is there. */
export const hasPerson = (record: Pick<GoldenRecord, 'rows'>): boolean =>
  activeRow(record, 'marketo')?.deletedAt === null;

/** True for a person that is there and whose rows of Dynamics were all deleted: another row may come in their place. */
export function isLeftPerson({
  entity,
  aliasOf,
  rows,
}: Pick<GoldenRecord, 'entity' | 'aliasOf'> & {
  readonly rows: readonly Pick<LinkedRow, 'system' | 'active' | 'deletedAt'>[];
}): boolean {
  const inDynamics = rows.filter(({ system }) => system === 'dynamics');
  const person = activeRow({ rows }, 'marketo');
  const isPerson = entity === undefined && aliasOf === null && person?.deletedAt === null;

  return isPerson && inDynamics.length > 0 && inDynamics.every(({ deletedAt }) => deletedAt !== null);
}

/** True for a person of Marketo that is there and was never linked to a row of Dynamics, and so may join another record. */
export function isFreePerson(record: GoldenRecord): boolean {
  const person = activeRow(record, 'marketo');
  // A row that is on its way is a row.
  const isLinked =
    activeRow(record, 'dynamics') ?? record.outbox.find(({ kind }) => kind === 'dynamics-write');
  return isLinked === undefined && person !== undefined && person.deletedAt === null;
}
