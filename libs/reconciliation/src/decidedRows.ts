import type { EvidenceRow } from '@lockstep/change-events';
import type { DraftRow } from './decision.ts';

/** GUIDs kept per person: more than most have in a page of the feed, and in what is told of again after a start. */
const decidedEvidenceMax = 100;

export function rememberDecided(row: DraftRow, rows: readonly EvidenceRow[]): void {
  const [guids, ids] = [rows.map((item) => item.marketoGUID), rows.map((item) => item.activityId)];
  row.decidedEvidence = [...row.decidedEvidence, ...guids].slice(-decidedEvidenceMax);
  // With the last one that is forgotten.
  row.decidedIds = [...(row.decidedIds ?? []), ...ids].slice(-decidedEvidenceMax - 1);
}

/**
 * What was not decided yet, in activity order; what comes before the oldest that is remembered may have been forgotten, and was, whether
 * that one is told again or not.
 */
export function undecided(row: DraftRow, rows: readonly EvidenceRow[]): readonly EvidenceRow[] {
  if (rows.length === 0) return rows;
  const { decidedEvidence } = row;
  const ordered = rows.toSorted((a, b) => a.activityId - b.activityId);
  const isFull = decidedEvidence.length >= decidedEvidenceMax;
  const from = isFull ? ordered.findIndex(({ marketoGUID }) => marketoGUID === decidedEvidence[0]) : 0;
  return ordered
    .slice(Math.max(0, from))
    .filter((item) => !decidedEvidence.includes(item.marketoGUID) && !isForgotten(row, item));
}

/** Marketo may number no activities (marketo-rest 3.2). */
function isForgotten({ decidedIds = [] }: DraftRow, { activityId }: EvidenceRow): boolean {
  const [last = 0] = decidedIds.length > decidedEvidenceMax ? decidedIds : [];
  return activityId > 0 && activityId <= last;
}
