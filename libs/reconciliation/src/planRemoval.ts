import type { Draft, DraftRow } from './decision.ts';
import { isKeptOut } from './keptOut.ts';
import { sendCommand } from './sendCommand.ts';

/** The policy wants no person of a row that was deleted (G-08), or that stays out of Marketo (G-09). */
export function isUnwanted({ record, context }: Draft, crm: DraftRow): boolean {
  const { deletedInDynamics, filters } = context.policy;
  if (!crm.deletedAt) return filters?.removesPersons === true && isKeptOut(context, crm);

  return deletedInDynamics === 'delete' && !hasOtherRow(record.rows);
}

/** The lead that a contact was made of, say, is still there: the person stays, and is marked. */
const hasOtherRow = (rows: readonly DraftRow[]): boolean =>
  rows.some(({ system, deletedAt }) => system === 'dynamics' && !deletedAt);

/** Has the person deleted. What it held until then comes with the outcome, so that no opt-out is lost with it. */
export function planRemoval(draft: Draft, person: DraftRow): void {
  draft.record.waiting = null;
  if (person.missing) return;
  person.removed = true;
  sendCommand(draft, 'DELETE', {});
}
