import type { Reason } from '../apiError.ts';
import { apiError } from '../apiError.ts';
import type { FieldValue } from '../fieldValue.ts';
import type { Instance } from '../instance.ts';
import type { Origin } from '../origin.ts';
import { partOf } from '../partOf.ts';
import { inputOf } from '../parameters.ts';
import { checkObject, refuseValues } from './checkObject.ts';
import { findObjects } from './objectIndex.ts';
import { isInUse, missingParent } from './objectLinks.ts';
import { createObject, deleteObject, updateObject } from './objectStore.ts';
import type { ObjectRecord, ObjectTable } from './objectTable.ts';
import { idOf } from './objectTable.ts';
import type { ObjectType } from './objectType.ts';
import { spreadCompany } from './spreadCompany.ts';

const recordsMax = 300;
const actions = ['createOrUpdate', 'createOnly', 'updateOnly'] as const;
type Action = (typeof actions)[number];

/** The outcome of one record: `seq`, `status`, and the id or the reasons. */
export type ObjectResult = Readonly<Record<string, unknown>>;

type Values = Readonly<Record<string, FieldValue>>;
type Outcome = { readonly status: string; readonly id: FieldValue } | { readonly reason: Reason };

/** Sync of companies, opportunities and the like: one result per record, in input order (facts section 4). */
export function syncObjects(
  instance: Instance,
  table: ObjectTable,
  body: unknown,
  origin: Origin,
): ObjectResult[] {
  const input = boundedInput(body);
  const action = actionOf(body);
  const keys = keysOf(table.type, body, 'dedupeBy');
  if (keys[0] === table.type.idField && action !== 'updateOnly') {
    throw apiError('1003', "dedupeBy 'idField' is only valid with action 'updateOnly'");
  }
  return eachRecord(instance, table, { input, keys }, (values, found) => {
    const refused = refuseAction(action, found) ?? refuseContent(instance, table, values, found);
    return refused === undefined ? write(instance, table, { values, found }, origin) : { reason: refused };
  });
}

/** Delete of the same objects: 1013 for what is not there, 1022 for what is in use. */
export function deleteObjects(
  instance: Instance,
  table: ObjectTable,
  body: unknown,
  origin: Origin,
): ObjectResult[] {
  const keys = keysOf(table.type, body, 'deleteBy');
  return eachRecord(instance, table, { input: boundedInput(body), keys }, (_values, found) => {
    if (found === undefined) return { reason: notFound };
    if (isInUse(instance, table, found)) return { reason: { code: '1022', message: 'Object in use' } };
    deleteObject(instance, table, found, origin);
    return { status: 'deleted', id: idOf(table.type, found) };
  });
}

const notFound: Reason = { code: '1013', message: 'Record not found' };

/** The `input` of a body with its bounds; throws 1002 without it, 1003 beyond 300 records. */
export function boundedInput(body: unknown): readonly unknown[] {
  const input = inputOf(body);
  if (input.length === 0 || input.length > recordsMax) {
    throw apiError('1003', `Between 1 and ${recordsMax} records expected`);
  }
  return input;
}

function eachRecord(
  instance: Instance,
  table: ObjectTable,
  { input, keys }: { readonly input: readonly unknown[]; readonly keys: readonly string[] },
  carryOut: (values: Values, found: ObjectRecord | undefined) => Outcome,
): ObjectResult[] {
  const seen = new Set<string>();
  return input.map((raw, seq) => {
    const checked = checkObject(instance.settings, table.type, raw, keys);
    if ('reason' in checked) return toResult(table.type, seq, checked);
    const keyValues = keys.map((name) => checked.values[name]);
    const key = JSON.stringify(keyValues);
    // The first of equal keys goes through, the later ones are skipped (inferred).
    if (seen.has(key)) {
      return toResult(table.type, seq, {
        reason: { code: '1036', message: 'Duplicate object found in input' },
      });
    }
    seen.add(key);
    const [found] = findObjects(table, keys, keyValues);
    return toResult(table.type, seq, carryOut(checked.values, found));
  });
}

function refuseAction(action: Action, found: ObjectRecord | undefined): Reason | undefined {
  if (found === undefined) return action === 'updateOnly' ? notFound : undefined;
  return action === 'createOnly' ? { code: '1005', message: 'Object already exists' } : undefined;
}

function refuseContent(
  instance: Instance,
  table: ObjectTable,
  values: Values,
  found: ObjectRecord | undefined,
): Reason | undefined {
  return (
    refuseValues(instance.settings, table.type, found?.fields, values) ??
    missingParent(instance, table, values)
  );
}

function write(
  instance: Instance,
  table: ObjectTable,
  { values, found }: { readonly values: Values; readonly found: ObjectRecord | undefined },
  origin: Origin,
): Outcome {
  const id = found === undefined ? createObject(instance, table, values, origin) : idOf(table.type, found);
  if (found !== undefined) updateObject(instance, table, { before: found, values }, origin);
  const after = table.records.get(String(id));
  if (table.type.name === 'company' && after !== undefined) spreadCompany(instance, after, origin);
  return { status: found === undefined ? 'created' : 'updated', id };
}

function toResult(type: ObjectType, seq: number, outcome: Outcome): ObjectResult {
  if ('reason' in outcome) return { seq, status: 'skipped', reasons: [outcome.reason] };
  return { seq, status: outcome.status, [type.idField]: outcome.id };
}

function actionOf(body: unknown): Action {
  const asked = partOf(body, 'action') ?? 'createOrUpdate';
  const action = actions.find((known) => known === asked);
  if (action === undefined) throw apiError('1003', "Invalid value for parameter 'action'");
  return action;
}

function keysOf(type: ObjectType, body: unknown, parameter: string): readonly string[] {
  const asked = partOf(body, parameter) ?? 'dedupeFields';
  if (asked === 'dedupeFields') return type.dedupeFields;
  if (asked === 'idField') return [type.idField];
  throw apiError('1003', `Invalid value for parameter '${parameter}'`);
}
