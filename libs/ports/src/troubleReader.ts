import type { System } from '@lockstep/change-events';
import type { GoldenRecord } from '@lockstep/reconciliation';

/** Which records: those with a trouble of this side and code, in trouble since `from` or later and before `until` (ISO times). */
export type TroubleFilter = {
  readonly side?: System;
  readonly code?: string;
  readonly from?: string;
  readonly until?: string;
};

/** `next` is where the next page begins; null after the last one. */
export type TroublePage = { readonly records: readonly GoldenRecord[]; readonly next: string | null };

/** How many records have a trouble of this kind, and since when the first of them. */
export type TroubleCount = {
  readonly side: System;
  readonly code: string;
  readonly records: number;
  readonly since: string;
};

/** `isWhole` is false when there are more records than were looked at. */
export type TroubleCounts = { readonly counts: readonly TroubleCount[]; readonly isWhole: boolean };

/** Golden records that an operator may have to look at (`troublesOf`), as the last save left them. */
export type TroubleReader = {
  /** Those that have been in trouble for longest come first; `after` is `next` of the page before. */
  page(
    filter: TroubleFilter,
    place: { readonly after: string | null; readonly limitMax: number },
  ): Promise<TroublePage>;
  /** By side and code, the most frequent first; looks at `recordsMax` records, those in trouble for longest. */
  count(recordsMax: number): Promise<TroubleCounts>;
};
