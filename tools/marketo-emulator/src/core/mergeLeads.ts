import { moveActivities } from './activityLog.ts';
import { apiError } from './apiError.ts';
import type { ApiUser } from './apiUsers.ts';
import type { FieldValue } from './fieldValue.ts';
import type { Instance, Person } from './instance.ts';
import { moveMemberships } from './lists/staticLists.ts';
import { moveRoles } from './objects/roles.ts';
import type { Origin } from './origin.ts';
import { listOf } from './parameters.ts';
import { refuseClosed } from './partitions.ts';
import { logMerge } from './personActivities.ts';
import { deletePerson, updatePerson } from './persons.ts';

/** More are refused since 2026-03-31 (facts 2.5). */
const losersMax = 25;

/** Merge Leads: the losers are named in `leadId` or `leadIds`; the answer has no result. Throws 1004, 1008, 1003 and 1080. */
export function mergeLeads(
  instance: Instance,
  call: { readonly winnerId: number; readonly parameters: URLSearchParams; readonly user: ApiUser },
  origin: Origin,
): object {
  const { winnerId, parameters, user } = call;
  const ids = [...listOf(parameters, 'leadId'), ...listOf(parameters, 'leadIds')].map(Number);
  const loserIds = [...new Set(ids)].filter((id) => id !== winnerId);
  if (loserIds.length === 0) throw apiError('1003', "Required parameter 'leadId' is missing");
  if (loserIds.length > losersMax)
    throw apiError('1080', `At most ${losersMax} leads can be merged in one call`);
  mergePersons(
    instance,
    openLead(instance, user, winnerId),
    loserIds.map((id) => openLead(instance, user, id)),
    origin,
  );
  return {};
}

/** Everything the losers have goes to the winner, whose own values stay; the losers are gone. What the winner gains is logged after the merge (facts 3.3). */
export function mergePersons(
  instance: Instance,
  winner: Person,
  losers: readonly Person[],
  origin: Origin,
): void {
  const loserIds = losers.map(({ id }) => id);
  logMerge(instance, { winner, loserIds, at: instance.now(), origin });
  updatePerson(instance, winner, gainsOf(winner, losers), origin);
  for (const loser of losers) {
    const move = { loserId: loser.id, winnerId: winner.id };
    moveRoles(instance, move, origin);
    moveMemberships(instance, move);
    deletePerson(instance, loser, origin, instance.settings.mergeLogsDeletes);
    moveActivities(instance, loser.id, winner.id);
  }
}

function openLead(instance: Instance, user: ApiUser, id: number): Person {
  const person = leadOf(instance, id);
  const refused = refuseClosed(instance, user, person);
  if (refused !== undefined) throw apiError(refused.code, refused.message);
  return person;
}

function leadOf(instance: Instance, id: number): Person {
  const person = instance.persons.get(id);
  if (person === undefined) throw apiError('1004', `Lead '${id}' not found`);
  return person;
}

const keptFields: ReadonlySet<string> = new Set(['createdAt', 'updatedAt']);

/** Where the winner has nothing, the first loser that has something fills in. */
function gainsOf(winner: Person, losers: readonly Person[]): Record<string, FieldValue> {
  const gains: Record<string, FieldValue> = {};
  for (const { fields } of losers)
    for (const [name, value] of Object.entries(fields))
      if (winner.fields[name] === undefined && !keptFields.has(name)) gains[name] ??= value;
  return gains;
}
