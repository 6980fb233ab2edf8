import { apiError } from './apiError.ts';
import type { ApiUser } from './apiUsers.ts';
import type { CheckedRecord } from './checkRecord.ts';
import { checkRecord } from './checkRecord.ts';
import { isSearchable } from './fieldDefinitions.ts';
import type { Instance } from './instance.ts';
import { refusePersonLinks } from './objects/companyValues.ts';
import type { Origin } from './origin.ts';
import { checkCount, inputOf } from './parameters.ts';
import { partOf } from './partOf.ts';
import type { PartitionScope } from './partitionScope.ts';
import { isInScope, placeIn, refuseScope, scopeOf } from './partitionScope.ts';
import { refuseClosed } from './partitions.ts';
import { findPersonIds, keyOf } from './personIndex.ts';
import { createPerson, deletePerson, updatePerson } from './persons.ts';
import { skipped, type RecordResult } from './recordResult.ts';
import { syncActions, type SyncAction } from './syncAction.ts';

interface SyncRequest {
  readonly action: SyncAction;
  readonly lookupField: string;
  readonly input: readonly unknown[];
  readonly scope: PartitionScope;
}

/** Sync Leads: one result per record, in input order. Throws ApiError when the request as a whole is wrong. */
export async function syncLeads(
  instance: Instance,
  body: unknown,
  user: ApiUser,
  origin: Origin,
): Promise<RecordResult[]> {
  const request = parseSyncRequest(instance, body, user);
  const records = checkInput(instance, request);
  const find = (record: CheckedRecord): number[] => findMatches(instance, request, record);
  // Looking up now and inserting after a pause is what makes concurrent upserts of one key create duplicates.
  const found = instance.settings.raceDuplicates ? records.map(find) : undefined;
  if (instance.settings.raceWindowMs > 0) await instance.pause(instance.settings.raceWindowMs);
  return writeRecords(instance, { request, records, found }, origin);
}

/** Sync Leads without a pause between look-up and insert, so without races. */
export function syncNow(instance: Instance, body: unknown, user: ApiUser, origin: Origin): RecordResult[] {
  const request = parseSyncRequest(instance, body, user);
  return writeRecords(
    instance,
    { request, records: checkInput(instance, request), found: undefined },
    origin,
  );
}

interface Work {
  readonly request: SyncRequest;
  readonly records: readonly CheckedRecord[];
  /** What was found before; looked up now without. */
  readonly found: readonly (readonly number[])[] | undefined;
}

function writeRecords(instance: Instance, { request, records, found }: Work, origin: Origin): RecordResult[] {
  return records.map((record, index) => {
    if (record.kind === 'bad') return { status: 'skipped', reasons: record.reasons };
    const matches = found?.[index] ?? findMatches(instance, request, record);
    const outcome = chooseOutcome(request.action, matches);
    return carryOut(instance, outcome, { record, scope: request.scope }, origin);
  });
}

/** Delete Leads: unknown ids are skipped with 1004 (inferred). */
export function deleteLeads(
  instance: Instance,
  ids: readonly unknown[],
  user: ApiUser,
  origin: Origin,
): RecordResult[] {
  checkCount(ids);
  return ids.map((id) => {
    const person = instance.persons.get(Number(id));
    if (person === undefined) return skipped('1004', 'Lead not found');
    const refused = refuseClosed(instance, user, person);
    if (refused !== undefined) return skipped(refused.code, refused.message);
    deletePerson(instance, person, origin);
    return { id: person.id, status: 'deleted' };
  });
}

function parseSyncRequest(instance: Instance, body: unknown, user: ApiUser): SyncRequest {
  const input = inputOf(body);
  checkCount(input);
  const action = syncActions.find((known) => known === textOf(body, 'action', 'createOrUpdate'));
  if (action === undefined) throw apiError('1003', "Invalid value for parameter 'action'");
  const lookupField = textOf(body, 'lookupField', 'email');
  const field = instance.fields.get(lookupField);
  const isKey = field !== undefined && isSearchable(field);
  if (!isKey || (lookupField === 'id' && action !== 'updateOnly')) {
    throw apiError('1011', `Lookup field '${lookupField}' is not supported`);
  }
  return { action, lookupField, input, scope: scopeOf(instance, body, user, action) };
}

function textOf(body: unknown, name: string, fallback: string): string {
  const value = partOf(body, name);
  return typeof value === 'string' && value !== '' ? value : fallback;
}

function checkInput(instance: Instance, { action, lookupField, input }: SyncRequest): CheckedRecord[] {
  const seen = new Set<string>();
  return input.map((raw) => {
    const record = checkRecord(instance, raw, lookupField);
    if (record.kind === 'bad' || action === 'createDuplicate') return record;
    const key = record.values[lookupField] ?? null;
    if (key === null) return bad('1003', `Value for lookup field '${lookupField}' is missing`);
    const comparable = keyOf(instance, lookupField, key);
    // The first of equal keys goes through, the later ones are skipped (inferred).
    if (seen.has(comparable)) return bad('1036', 'Duplicate object found in input');
    seen.add(comparable);
    return record;
  });
}

function findMatches(instance: Instance, request: SyncRequest, record: CheckedRecord): number[] {
  if (record.kind === 'bad' || request.action === 'createDuplicate') return [];
  const ids = findPersonIds(instance, request.lookupField, record.values[request.lookupField] ?? null);
  return ids.filter((id) => isInScope(instance, request, id));
}

type Outcome =
  | { readonly create: true }
  | { readonly updateId: number }
  | { readonly code: string; readonly message: string };

function chooseOutcome(action: SyncAction, matches: readonly number[]): Outcome {
  const [id] = matches;
  if (id === undefined) {
    return action === 'updateOnly' ? { code: '1004', message: 'Lead not found' } : { create: true };
  }
  if (action === 'createOnly') return { code: '1005', message: 'Lead already exists' };
  if (matches.length > 1) return { code: '1007', message: 'Multiple lead match lookup criteria' };
  return { updateId: id };
}

function carryOut(
  instance: Instance,
  outcome: Outcome,
  { record, scope }: { record: Extract<CheckedRecord, { kind: 'good' }>; scope: PartitionScope },
  origin: Origin,
): RecordResult {
  if ('code' in outcome) return skipped(outcome.code, outcome.message);
  const person = 'create' in outcome ? undefined : instance.persons.get(outcome.updateId);
  const refused = refuseScope(instance, scope, person) ?? refusePersonLinks(instance, person, record.values);
  if (refused !== undefined) return skipped(refused.code, refused.message);
  if ('create' in outcome) {
    const id = createPerson(instance, { ...record.values, ...placeIn(scope) }, origin);
    return { id, status: 'created' };
  }
  // It may have been deleted since the look-up.
  if (person === undefined) return skipped('1004', 'Lead not found');
  updatePerson(instance, person, record.values, origin);
  return { id: person.id, status: 'updated' };
}

function bad(code: string, message: string): CheckedRecord {
  return { kind: 'bad', reasons: [{ code, message }] };
}
