import type { Reason } from '../apiError.ts';
import type { FieldValue, FieldValues } from '../fieldValue.ts';
import { readValue } from '../fieldValue.ts';
import type { Instance, Person } from '../instance.ts';
import type { Origin } from '../origin.ts';
import { findPersonIds } from '../personIndex.ts';
import { findObjects } from './objectIndex.ts';
import { missingPersonParent } from './objectLinks.ts';
import { updateObject } from './objectStore.ts';
import type { ObjectRecord } from './objectTable.ts';

const key = 'externalCompanyId';
const ownFields: ReadonlySet<string> = new Set([
  key,
  'externalSalesPersonId',
  'id',
  'createdAt',
  'updatedAt',
]);

/** The company that a person is linked to, when it exists. */
export function companyOf(instance: Instance, externalCompanyId: unknown): ObjectRecord | undefined {
  const table = instance.objects.tables.get('company');
  if (table === undefined || typeof externalCompanyId !== 'string') return undefined;
  return findObjects(table, [key], [externalCompanyId])[0];
}

/** Values that a person is given, with those of its company in place of its own (facts 2.4). */
export function withCompanyValues(
  instance: Instance,
  person: Person | undefined,
  values: FieldValues,
): FieldValues {
  const company = companyOf(instance, key in values ? values[key] : person?.fields[key]);
  if (company === undefined) return values;
  const inherited = companyFieldNames(instance).map((name): [string, FieldValue] => [
    name,
    company.fields[name] ?? null,
  ]);
  return { ...values, ...Object.fromEntries(inherited) };
}

/** The reason for which a lead sync may not give these values to a person: unknown parents, detaching, company fields. */
export function refusePersonLinks(
  instance: Instance,
  person: Person | undefined,
  values: FieldValues,
): Reason | undefined {
  const { settings } = instance;
  const missing = settings.refuseUnknownLinks ? missingPersonParent(instance, values) : undefined;
  if (missing !== undefined) return missing;
  return refuseDetach(instance, person, values) ?? refuseCompanyFields(instance, person, values);
}

/** The values without a clearing that would detach the person from its company; there is no way to detach (facts 2.6). */
export function withoutDetach(person: Person | undefined, values: FieldValues): FieldValues {
  if (values[key] !== null || person?.fields[key] === undefined) return values;
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== key));
}

/** A marketer's edit of company fields of a linked person goes to the company; answers whether there was one. */
export function editCompanyOf(
  instance: Instance,
  person: Person,
  values: FieldValues,
  origin: Origin,
): ObjectRecord | undefined {
  const table = instance.objects.tables.get('company');
  const company = companyOf(instance, person.fields[key]);
  if (table === undefined || company === undefined) return undefined;
  const names = new Set(companyFieldNames(instance));
  const own = Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
  updateObject(instance, table, { before: company, values: own }, origin);
  return company;
}

/** Ids of the persons that a company's fields show on. */
export function personsOfCompany(instance: Instance, company: ObjectRecord): number[] {
  return findPersonIds(instance, key, company.fields[key] ?? null);
}

function companyFieldNames({ objects, fields }: Instance): string[] {
  const names = [...(objects.tables.get('company')?.type.fields.keys() ?? [])];
  return names.filter((name) => !ownFields.has(name) && fields.has(name));
}

function differsFrom(instance: Instance, company: ObjectRecord, values: FieldValues): boolean {
  return companyFieldNames(instance).some((name) => {
    const field = instance.fields.get(name);
    if (field === undefined || !(name in values)) return false;
    return readValue(field, values[name]) !== readValue(field, company.fields[name]);
  });
}

function refuseDetach(
  { settings }: Instance,
  person: Person | undefined,
  values: FieldValues,
): Reason | undefined {
  if (!settings.refuseCompanyDetach || values[key] !== null) return undefined;
  if (person?.fields[key] === undefined) return undefined;
  return { code: '1003', message: `Value for field '${key}' cannot be cleared` };
}

function refuseCompanyFields(
  instance: Instance,
  person: Person | undefined,
  values: FieldValues,
): Reason | undefined {
  const company = companyOf(instance, values[key] ?? person?.fields[key]);
  if (company === undefined || !instance.settings.refuseCompanyFields) return undefined;
  if (!differsFrom(instance, company, values)) return undefined;
  return { code: '1021', message: 'Company update not allowed' };
}
