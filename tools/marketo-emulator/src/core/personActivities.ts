import { activityTypeIds, appendActivity, fullName } from './activityLog.ts';
import type { Instance, Person } from './instance.ts';
import type { StaticList } from './lists/staticList.ts';
import type { Origin } from './origin.ts';

const firstProgramId = 1001;

/** Logs that a person came to be. */
export function logNewLead(instance: Instance, person: Person, at: number, origin: Origin): void {
  appendActivity(instance, {
    leadId: person.id,
    at,
    typeId: activityTypeIds.newLead,
    primaryId: person.id,
    primaryValue: fullName(person),
    attributes: [
      { name: 'Created Date', value: new Date(at).toISOString().slice(0, 10) },
      { name: 'Source Type', value: origin.sourceType },
    ],
  });
}

/** Logs that a person was removed; the only trace that remains of it. */
export function logDeletedLead(instance: Instance, person: Person, at: number): void {
  appendActivity(instance, {
    leadId: person.id,
    at,
    typeId: activityTypeIds.deleteLead,
    primaryId: person.id,
    primaryValue: fullName(person),
    attributes: [],
  });
}

/** Logs a merge on the winner; the losers are named in an attribute (facts 3.3). */
export function logMerge(
  instance: Instance,
  merge: {
    readonly winner: Person;
    readonly loserIds: readonly number[];
    readonly at: number;
    readonly origin: Origin;
  },
): void {
  const { winner, loserIds, at, origin } = merge;
  appendActivity(instance, {
    leadId: winner.id,
    at,
    typeId: activityTypeIds.mergeLeads,
    primaryId: winner.id,
    primaryValue: fullName(winner),
    attributes: [
      { name: 'Master Updated', value: 'True' },
      { name: 'Merge IDs', value: `[${loserIds.join(',')}]` },
      { name: 'Merge Source', value: origin.source },
      { name: 'Merged in Sales', value: 'False' },
    ],
  });
}

/** Logs that a person came to a list or left it; the list is named with its program (facts 3.3). */
export function logMembership(
  instance: Instance,
  entry: {
    readonly kind: 'addToList' | 'removeFromList';
    readonly list: StaticList;
    readonly personId: number;
    readonly at: number;
  },
): void {
  const { id, name, programName } = entry.list;
  appendActivity(instance, {
    leadId: entry.personId,
    at: entry.at,
    typeId: activityTypeIds[entry.kind],
    primaryId: id,
    primaryValue: programName === undefined ? name : `${programName}.${name}`,
    attributes: [],
  });
}

/** Logs that a person was pushed for a program. */
export function logPush(
  instance: Instance,
  push: {
    readonly personId: number;
    readonly programName: string;
    readonly reason: string | undefined;
    readonly source: string | undefined;
  },
): void {
  const { personId, programName, reason = null, source = null } = push;
  const primaryId = instance.programIds.get(programName) ?? firstProgramId + instance.programIds.size;
  instance.programIds.set(programName, primaryId);
  appendActivity(instance, {
    leadId: personId,
    at: instance.now(),
    typeId: activityTypeIds.pushLead,
    primaryId,
    primaryValue: programName,
    attributes: [
      { name: 'Reason', value: reason },
      { name: 'Source', value: source },
    ],
  });
}

/** Logs that a person filled out a form. */
export function logFormFill(
  instance: Instance,
  { personId, formId }: { readonly personId: number; readonly formId: number },
): void {
  appendActivity(instance, {
    leadId: personId,
    at: instance.now(),
    typeId: activityTypeIds.fillOutForm,
    primaryId: formId,
    primaryValue: `Form ${formId}`,
    attributes: [],
  });
}
