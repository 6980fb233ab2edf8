import { isAmbiguous } from './ambiguousAddress.ts';
import { rulesOf } from './changedRules.ts';
import { checkChangedField, type ChangedCase } from './checkChangedField.ts';
import { checkConsent, goesWithAddress, type Circle } from './checkConsents.ts';
import type { IndexedHistory } from './indexHistory.ts';
import { isFiltered } from './isFiltered.ts';
import { isChangeOfOwner } from './madeRows.ts';
import { isOurs, type Group } from './timeline.ts';
import type { Findings } from './verdict.ts';

type Disputed = Omit<ChangedCase, 'mapping'> & { readonly circle: Circle | undefined };

/**
 * A row that some of the rules let in and others did not: by which of them it was decided is not told. It has one person at most, is never
 * written while none of them lets it in, and once it was edited under the last rules, these hold.
 */
export function checkDisputed(findings: Findings, history: IndexedHistory, disputed: Disputed): void {
  const { group, pair } = disputed;
  const { table, rowId, persons, rowStates, rules } = group;
  const ids = [rowId, ...persons.map(({ id }) => id)];
  if (persons.length > 1) findings.doubled.push({ what: table, ids, reason: 'a row has several persons' });
  checkFrozen(findings, history, group);
  const isIn = isEditedSince(history, group) && !isFiltered(rowStates, rules);
  checkFields(findings, history, { ...disputed, pair: isIn ? pair : null });
  if (isIn && mustHavePerson(history, group))
    findings.missing.push({ what: table, ids, reason: 'a row has no person' });
  findings.exempt.push({ what: table, ids, reason: 'rules-changed' });
}

function checkFields(findings: Findings, history: IndexedHistory, { circle, ...disputed }: Disputed): void {
  const { table } = disputed.group;
  for (const mapping of history.mapping.filter(({ columns }) => columns[table] !== undefined)) {
    const field = { ...disputed, mapping };
    if (circle && goesWithAddress(mapping)) checkConsent(findings, { ...field, circle }, mapping);
    else checkChangedField(findings, history, field);
  }
}

/** Nobody was ever made for it, or could be meant. */
const mustHavePerson = (history: IndexedHistory, group: Group): boolean =>
  group.row !== null &&
  group.personIds.length === 0 &&
  !(history.matchByEmail && isAmbiguous(history, group));

/** Somebody edited the row when everybody decided by the last rules already. */
const isEditedSince = ({ ruledSinceMs = 0 }: IndexedHistory, { rowStates }: Group): boolean =>
  rowStates.some((state) => !isOurs(state) && Date.parse(state.at) > ruledSinceMs);

function checkFrozen(findings: Findings, history: IndexedHistory, { rowStates, rowId }: Group): void {
  rowStates.forEach((state, at) => {
    const isAsked = state.operation === 'create' || isChangeOfOwner(state);
    const until = rowStates.slice(0, at);
    if (isOurs(state) && !isAsked && rulesOf(history).every((rules) => isFiltered(until, rules)))
      findings.unexplainedWrites.push({
        ...{ what: `${state.table} ${state.operation}`, ids: [rowId] },
        reason: 'a row was written that no rules let in',
      });
  });
}
