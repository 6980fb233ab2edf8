import { isRemoved } from './absenceExcuse.ts';
import { placesOf, wasElsewhere } from './changedRules.ts';
import type { History } from './history.ts';
import { wasFiltered } from './isFiltered.ts';
import type { Step } from './step.ts';
import { changesOf, deletedAtMs, isOurs, maySpeak, type Group } from './timeline.ts';
import type { Findings } from './verdict.ts';

/** Within this time of its creation we may not know of a person yet: the answer is on its way, or lost. */
const unansweredMs = 30_000;
/** Within this time a lost answer is settled; an edit meanwhile has somebody made. */
export const lostMs = 300_000;

/**
 * A deleted person comes back only when its row was edited and that edit had not reached it (F-31), and where the rules let it; one that we
 * deleted comes back with its row.
 */
export function checkRevivals(findings: Findings, history: History, group: Group): void {
  group.personIds.slice(1).forEach((id, index) => {
    const former = group.personIds[index] ?? '';
    const isGone = deletedAtMs(group.personStates, former) !== null;
    if (isGone && !wasRemoved(group, former) && !isAskedFor(history, group, id))
      checkRevival(findings, history, { group, former, id });
  });
}

type Revival = { readonly group: Group; readonly former: string; readonly id: string };

function checkRevival(findings: Findings, history: History, { group, former, id }: Revival): void {
  const edits = unlandedEditsOf(group, history, { former, untilMs: linkedAtMs(group, id) });
  if (edits.length > 0 && maySomebodyReturn(group)) return;
  const ids = [group.rowId, former, id];
  if (isMovedByRules(history, group))
    findings.exempt.push({ what: group.table, ids, reason: 'column-moved' });
  else if (isUnknown(group, former, edits.length > 0 ? lostMs : unansweredMs))
    findings.exempt.push({ what: group.table, ids, reason: 'unknown-when-deleted' });
  else
    findings.revived.push({ what: group.table, ids, reason: 'a deleted person came back without an edit' });
}

/** Where Dynamics alone speaks, what another column shows counts as an edit (rules.md). */
const isMovedByRules = (history: History, { table }: Group): boolean =>
  history.mapping.some(
    (row) =>
      wasElsewhere(history, row, table) &&
      placesOf(history, row).some(({ direction }) => direction === 'to-marketo'),
  );

const unlandedEditsOf = (
  group: Group,
  history: History,
  { former, untilMs }: { former: string; untilMs: number },
): Step[] =>
  history.mapping
    .flatMap((row) => placesOf(history, row))
    .filter((row) => maySpeak('dynamics', row))
    .flatMap((row) => unlandedEdits(changesOf(group, row), former, untilMs));

/** Somebody else was there already, and a marketer asked for something for them. */
const isAskedFor = ({ requests }: History, { personStates }: Group, id: string): boolean =>
  requests?.accepted.some(({ personId }) => personId === id) === true &&
  personStates.find((state) => state.id === id)?.actorKind === 'human';

function maySomebodyReturn({ rules, isRecreated }: Group): boolean {
  const { deletedInMarketo = 'recreate' } = rules;

  return deletedInMarketo === 'ask' ? isRecreated : deletedInMarketo === 'recreate';
}

/** Also of a row that stayed out: who was first to delete its person cannot be told. */
function wasRemoved(group: Group, id: string): boolean {
  const { rules, rowStates } = group;
  return isRemoved(group, id) || (rules.whenFilteredOut === 'remove' && wasFiltered(rowStates, rules));
}

/** A person that we made and somebody deleted while its creation had no answer: it cannot be found by our key any more. */
export function isUnknown({ personStates }: Group, id: string, withinMs: number): boolean {
  const [made, ...later] = personStates.filter((state) => state.id === id);
  const gone = later.at(-1);
  if (!made || !isOurs(made) || gone?.operation !== 'delete' || later.some(isOurs)) return false;
  return Date.parse(gone.at) - Date.parse(made.at) < withinMs;
}

function unlandedEdits(steps: readonly Step[], personId: string, untilMs: number): Step[] {
  const edits = steps.filter((step) => step.side === 'dynamics' && step.human && step.atMs <= untilMs);
  return edits.filter(
    (edit) =>
      !steps.some(
        (step) =>
          step.recordId === personId && !step.human && step.after === edit.after && step.atMs > edit.atMs,
      ),
  );
}

/** When the person was linked to the row, in ms since 1970. */
export function linkedAtMs({ personStates, rowId }: Group, id: string): number {
  const linking = personStates.find((state) => state.id === id && state.changed['crmId']?.after === rowId);
  return Date.parse(linking?.at ?? '');
}
