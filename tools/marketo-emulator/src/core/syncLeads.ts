import type { Reason } from './apiError.ts';
import { apiError } from './apiError.ts';
import type { CheckedRecord } from './checkRecord.ts';
import { checkRecord } from './checkRecord.ts';
import { isSearchable } from './fieldDefinitions.ts';
import type { Instance, Origin } from './instance.ts';
import { refusePersonLinks } from './objects/companyValues.ts';
import { partOf } from './partOf.ts';
import { findPersonIds, keyOf } from './personIndex.ts';
import { createPerson, deletePerson, updatePerson } from './persons.ts';

/** Outcome of one record; skipped entries carry no id (facts 2.4). */
export type RecordResult =
  | { readonly id: number; readonly status: 'created' | 'updated' | 'deleted' }
  | { readonly status: 'skipped'; readonly reasons: readonly Reason[] };

const actions = ['createOrUpdate', 'createOnly', 'updateOnly', 'createDuplicate'] as const;
type Action = (typeof actions)[number];

interface SyncRequest {
  readonly action: Action;
  readonly lookupField: string;
  readonly input: readonly unknown[];
}

const recordsMax = 300;

/** Sync Leads: one result per record, in input order. Throws ApiError when the request as a whole is wrong. */
export async function syncLeads(instance: Instance, body: unknown, origin: Origin): Promise<RecordResult[]> {
  const request = parseSyncRequest(instance, body);
  const records = checkInput(instance, request);
  const find = (record: CheckedRecord): number[] => findMatches(instance, request, record);
  // Looking up now and inserting after a pause is what makes concurrent upserts of one key create duplicates.
  const found = instance.settings.raceDuplicates ? records.map(find) : undefined;
  if (instance.settings.raceWindowMs > 0) await instance.pause(instance.settings.raceWindowMs);
  return records.map((record, index) => {
    if (record.kind === 'bad') return { status: 'skipped', reasons: record.reasons };
    const outcome = chooseOutcome(request.action, found?.[index] ?? find(record));
    return carryOut(instance, outcome, record, origin);
  });
}

/** Delete Leads: unknown ids are skipped with 1004 (inferred). */
export function deleteLeads(instance: Instance, ids: readonly unknown[], origin: Origin): RecordResult[] {
  if (ids.length === 0 || ids.length > recordsMax) {
    throw apiError('1003', `Between 1 and ${recordsMax} records expected`);
  }
  return ids.map((id) => {
    const person = instance.persons.get(Number(id));
    if (person === undefined) return skipped('1004', 'Lead not found');
    deletePerson(instance, person, origin);
    return { id: person.id, status: 'deleted' };
  });
}

/** The `input` array of a body; throws 1002 when there is none (inferred). */
export function inputOf(body: unknown): readonly unknown[] {
  const input = partOf(body, 'input');
  if (!Array.isArray(input)) throw apiError('1002', "Missing value for required parameter 'input'");
  return input;
}

function parseSyncRequest(instance: Instance, body: unknown): SyncRequest {
  const input = inputOf(body);
  if (input.length === 0 || input.length > recordsMax) {
    throw apiError('1003', `Between 1 and ${recordsMax} records expected`);
  }
  const action = actions.find((known) => known === textOf(body, 'action', 'createOrUpdate'));
  if (action === undefined) throw apiError('1003', "Invalid value for parameter 'action'");
  const lookupField = textOf(body, 'lookupField', 'email');
  const field = instance.fields.get(lookupField);
  const isKey = field !== undefined && isSearchable(field);
  if (!isKey || (lookupField === 'id' && action !== 'updateOnly')) {
    throw apiError('1011', `Lookup field '${lookupField}' is not supported`);
  }
  return { action, lookupField, input };
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
  return findPersonIds(instance, request.lookupField, record.values[request.lookupField] ?? null);
}

type Outcome =
  | { readonly create: true }
  | { readonly updateId: number }
  | { readonly code: string; readonly message: string };

function chooseOutcome(action: Action, matches: readonly number[]): Outcome {
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
  record: Extract<CheckedRecord, { kind: 'good' }>,
  origin: Origin,
): RecordResult {
  if ('code' in outcome) return skipped(outcome.code, outcome.message);
  const person = 'create' in outcome ? undefined : instance.persons.get(outcome.updateId);
  const refused = refusePersonLinks(instance, person, record.values);
  if (refused !== undefined) return skipped(refused.code, refused.message);
  if ('create' in outcome) return { id: createPerson(instance, record.values, origin), status: 'created' };
  // It may have been deleted since the look-up.
  if (person === undefined) return skipped('1004', 'Lead not found');
  updatePerson(instance, person, record.values, origin);
  return { id: person.id, status: 'updated' };
}

function skipped(code: string, message: string): RecordResult {
  return { status: 'skipped', reasons: [{ code, message }] };
}

function bad(code: string, message: string): CheckedRecord {
  return { kind: 'bad', reasons: [{ code, message }] };
}
