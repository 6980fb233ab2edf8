import type { Conflict } from '@lockstep/change-events';
import { hasNewsSince, isRemoved } from './absenceExcuse.ts';
import type { StateEntry } from './history.ts';
import type { IndexedHistory } from './indexHistory.ts';
import { wasFiltered } from './isFiltered.ts';
import type { Step } from './step.ts';
import { deletedAtMs, isOurs, type Group } from './timeline.ts';
import type { Findings } from './verdict.ts';

type Judged = { readonly group: Group; readonly conflicts: readonly Conflict[] };

/** Invariant 6 for rows: we delete or deactivate one only after somebody deleted its person, where the rules say so (G-08), and then we do. */
export function checkEnds(findings: Findings, history: IndexedHistory, judged: Judged): void {
  const { group } = judged;
  const { rowStates, rowId, table } = group;
  rowStates.forEach((state, at) => {
    if (!isOurs(state) || endIn(state) === null) return;
    const until = {
      ...group,
      rowStates: rowStates.slice(0, at),
      personStates: personStatesUntil(group, state),
    };
    if (!mayEnd(history, { ...judged, group: until }, state))
      findings.unexpected.push({ what: table, ids: [rowId], reason: 'a row was ended without a rule' });
  });
  if (mustEnd(group))
    findings.unexpected.push({ what: table, ids: [rowId], reason: 'a row is there that the rules end' });
}

/** What a state does to its row. */
function endIn({ operation, changed }: StateEntry): 'deactivate' | 'delete' | null {
  if (operation === 'delete') return 'delete';

  return operation === 'update' && changed['statecode'] !== undefined ? 'deactivate' : null;
}

const personStatesUntil = ({ personStates }: Group, { at }: StateEntry): readonly StateEntry[] =>
  personStates.filter((state) => Date.parse(state.at) <= Date.parse(at));

function mayEnd(history: IndexedHistory, { group, conflicts }: Judged, state: StateEntry): boolean {
  const sinceMs = lostAtMs(group);

  return (
    endIn(state) === group.rules.rowWhenPersonDeleted &&
    sinceMs !== null &&
    !hasNewsSince(history, group, { sinceMs, conflicts })
  );
}

/** When somebody else deleted the last person of a row that has none. */
function lostAtMs(group: Group): number | null {
  const { personIds, personStates } = group;
  const last = personIds.findLast((id) => personStates.some((state) => state.id === id));

  return last === undefined || isRemoved(group, last) ? null : deletedAtMs(personStates, last);
}

/** A row that nobody has edited, which had one person in all; what else may keep one is not judged. */
function mustEnd(group: Group): boolean {
  const { rules, rowStates, personIds, row, partedIds } = group;
  const { rowWhenPersonDeleted: end = 'keep' } = rules;
  const [person, ...others] = personIds;
  if (end === 'keep' || !row || person === undefined || others.length + partedIds.length > 0) return false;
  const isTouched = rowStates.some((state) =>
    isOurs(state) ? endIn(state) !== null : state.operation === 'update',
  );

  return lostAtMs(group) !== null && !isTouched && !wasFiltered(rowStates, rules);
}

/** Of the state of a row: what we do to it is judged as a whole. */
export const isEnding = (column: string | undefined, { side, human }: Step): boolean =>
  side === 'dynamics' && !human && (column === 'statecode' || column === 'statuscode');
