import type { FieldValues } from '@lockstep/change-events';
import type { DraftRow } from './decision.ts';

/**
 * A row that lost a merge in Dynamics names the row that carries on (facts dataverse, Merge). It goes on learning, and writes
 * nothing to either side: what its person becomes is for Marketo to say (F-27). Columns that were not read say nothing.
 */
export function noteMerge(row: DraftRow, { merged, masterid }: FieldValues): void {
  if (merged === true) row.mergedInto = winnerOf(masterid);
  else if (merged !== undefined) delete row.mergedInto;
}

/** Empty where the winner was not read. */
const winnerOf = (masterid: FieldValues[string] | undefined): string =>
  masterid && typeof masterid === 'object' && 'id' in masterid ? masterid.id : '';
