import type { PersonKind, Scalar, System } from '@lockstep/change-events';

/** How a conflict of one field is decided (design section 5, Policies; F-03, G-05). */
export type ConflictPolicy = SidePolicy | 'union';

/** One side wins; with `union`, of several options, both do (`severalOptions.ts`), and nothing is disputed. */
type SidePolicy = 'native' | 'newest' | 'marketo' | 'dynamics' | 'review';

/** A value, the side that brought it, and when that side says it did; null when it does not say. */
export type Claim = { readonly from: System; readonly value: Scalar; readonly changedAt: string | null };

/** Two sides changed one field of a person without knowing of each other: the golden value, and the one that comes. */
export type Dispute = { readonly kind: PersonKind; readonly held: Claim; readonly incoming: Claim };

export type Ruling = { readonly winner: System; readonly rule: string };

/** The rule of a conflict that nobody has decided yet. */
export const heldForReview = 'held-for-review';

export const conflictPolicies: Readonly<Record<SidePolicy, (dispute: Dispute) => Ruling>> = {
  native,
  newest,
  marketo: () => ({ winner: 'marketo', rule: 'marketo-wins' }),
  dynamics: () => ({ winner: 'dynamics', rule: 'dynamics-wins' }),
  review: ({ held }) => ({ winner: held.from, rule: heldForReview }),
};

function native({ kind }: Dispute): Ruling {
  return kind === 'lead'
    ? { winner: 'marketo', rule: 'marketo-wins-for-leads' }
    : { winner: 'dynamics', rule: 'dynamics-wins-for-contacts' };
}

/** Of two edits of one time, and where a side does not say when, nobody knows which is newer. */
function newest(dispute: Dispute): Ruling {
  const { held, incoming } = dispute;
  const heldMs = Date.parse(String(held.changedAt));
  const incomingMs = Date.parse(String(incoming.changedAt));
  if (incomingMs > heldMs) return { winner: incoming.from, rule: 'newest-wins' };
  if (incomingMs < heldMs) return { winner: held.from, rule: 'newest-wins' };

  return native(dispute);
}

/** Whether a value may take another's place at all, whoever wins conflicts. */
export type WritePolicy = 'fill-blanks' | 'once' | 'once-by-dynamics' | 'once-by-marketo';

/** What refuses a change of a value that is set; null when it may be changed. */
export const writePolicies: Readonly<Record<WritePolicy, (held: Claim, incoming: Claim) => Ruling | null>> = {
  'fill-blanks': (held, incoming) =>
    held.from === incoming.from ? null : { winner: held.from, rule: 'fill-blanks' },
  once: (held) => ({ winner: held.from, rule: 'write-once' }),
  'once-by-dynamics': onceBy('dynamics'),
  'once-by-marketo': onceBy('marketo'),
};

/** A value that is set is not changed by that side; the other one may, whatever else is said of conflicts (F-40). */
export const onceRulings: Readonly<Partial<Record<string, Ruling>>> = {
  'once-by-dynamics': { winner: 'marketo', rule: 'write-once' },
  'once-by-marketo': { winner: 'dynamics', rule: 'write-once' },
};

function onceBy(blocked: System) {
  return (held: Claim, incoming: Claim): Ruling | null =>
    incoming.from === blocked ? { winner: held.from, rule: 'write-once' } : null;
}
