import { logFormFill } from './personActivities.ts';
import { apiError } from './apiError.ts';
import type { ApiUser } from './apiUsers.ts';
import { checkRecord, type CheckedRecord } from './checkRecord.ts';
import type { Instance, Person } from './instance.ts';
import { refusePersonLinks } from './objects/companyValues.ts';
import type { Origin } from './origin.ts';
import { inputOf } from './parameters.ts';
import { partOf } from './partOf.ts';
import { refuseClosed } from './partitions.ts';
import { findPersonIds } from './personIndex.ts';
import { createPerson, updatePerson } from './persons.ts';
import { skipped, type RecordResult } from './recordResult.ts';

/**
 * Submit Form: one person, found by email; of several the one that was updated last (facts 2.5). Throws 1002 without a form id, 1003
 * for more than one record. Forms are not kept: every id is a form with every field (inferred).
 */
export function submitForm(
  instance: Instance,
  body: unknown,
  user: ApiUser,
  apiOrigin: Origin,
): RecordResult[] {
  const formId = partOf(body, 'formId');
  if (!Number.isInteger(formId)) throw apiError('1002', "Missing value for required parameter 'formId'");
  const input = inputOf(body);
  if (input.length !== 1) throw apiError('1003', 'Exactly one record expected');
  const record = checkRecord(instance, partOf(input[0], 'leadFormFields'));
  const origin = formOrigin(apiOrigin, partOf(partOf(input[0], 'visitorData'), 'pageURL'));
  const result = upsertByEmail(instance, record, user, origin);
  if (result.status !== 'skipped') logFormFill(instance, { personId: result.id, formId: Number(formId) });
  return [result];
}

function upsertByEmail(
  instance: Instance,
  record: CheckedRecord,
  user: ApiUser,
  origin: Origin,
): RecordResult {
  if (record.kind === 'bad') return { status: 'skipped', reasons: record.reasons };
  const email = record.values['email'] ?? null;
  if (email === null) return skipped('1003', "Value for field 'email' is missing");
  const person = lastUpdated(instance, findPersonIds(instance, 'email', email));
  const closed = person === undefined ? undefined : refuseClosed(instance, user, person);
  const refused = closed ?? refusePersonLinks(instance, person, record.values);
  if (refused !== undefined) return skipped(refused.code, refused.message);
  if (person === undefined) return { id: createPerson(instance, record.values, origin), status: 'created' };
  updatePerson(instance, person, record.values, origin);
  return { id: person.id, status: 'updated' };
}

function lastUpdated({ persons }: Instance, ids: readonly number[]): Person | undefined {
  const found = ids.flatMap((id) => persons.get(id) ?? []);
  const updatedAt = ({ fields }: Person): string => String(fields['updatedAt']);
  return found.reduce<Person | undefined>(
    (last, person) => (last === undefined || updatedAt(person) >= updatedAt(last) ? person : last),
    undefined,
  );
}

// How the rows of a form fill-out name their cause (facts 3.3).
function formOrigin(origin: Origin, pageUrl: unknown): Origin {
  const reason = `Form fill-out, URL: ${typeof pageUrl === 'string' ? pageUrl : ''}`;
  return { ...origin, reason, source: 'Web form fillout', sourceType: 'Web form fillout' };
}
