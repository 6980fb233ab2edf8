import { apiError } from './apiError.ts';
import type { NewField } from './fieldDefinitions.ts';
import { addCustomField, isNewField } from './fieldDefinitions.ts';
import type { Instance } from './instance.ts';
import { inputOf } from './parameters.ts';
import { partOf } from './partOf.ts';

const createdMax = 100;
const namePattern = /^[A-Za-z]\w*$/;
const displayNamePattern = /^[\w -]+$/;
const dataTypes: ReadonlySet<string> = new Set([
  ...['boolean', 'currency', 'date', 'datetime', 'email', 'float'],
  ...['integer', 'percent', 'phone', 'score', 'string', 'url'],
]);

/**
 * Create Lead Fields, all or none. Throws 1003 for a field that is not described well and beyond 100 of them, 1017 for a name that is
 * taken (the codes are inferred).
 */
export function createLeadFields(instance: Instance, body: unknown): object {
  const input = inputOf(body).map(newFieldOf);
  const made = [...instance.fields.values()].filter(({ isApiCreated }) => isApiCreated === true).length;
  if (made + input.length > createdMax) throw apiError('1003', `At most ${createdMax} fields can be created`);
  refuseTaken(instance, input);
  for (const field of input) addCustomField(instance.fields, { ...field, isApiCreated: true });
  return { result: input.map(({ name }) => ({ name, status: 'created' })) };
}

type DescribedField = NewField & { readonly displayName: string };

function newFieldOf(field: unknown): DescribedField {
  const isDescribed = isNewField(field) && dataTypes.has(field.dataType) && namePattern.test(field.name);
  if (!isDescribed || !displayNamePattern.test(field.displayName ?? '')) {
    throw apiError('1003', 'Invalid field: displayName, name and dataType are required');
  }
  const { name, displayName = '', dataType } = field;
  return { name, displayName, dataType, ...optionsIn(field) };
}

function optionsIn(field: NewField): Partial<NewField> {
  const kinds = {
    description: 'string',
    isHidden: 'boolean',
    isSensitive: 'boolean',
    isHtmlEncodingInEmail: 'boolean',
  };
  const given = Object.entries(kinds).flatMap(([name, kind]) => {
    const value = partOf(field, name);
    return typeof value === kind ? [[name, value] as const] : [];
  });
  return Object.fromEntries(given);
}

function refuseTaken({ fields }: Instance, input: readonly DescribedField[]): void {
  const names = [...fields.values(), ...input].flatMap(({ name, displayName }) => [
    `name ${name.toLowerCase()}`,
    `displayName ${displayName.toLowerCase()}`,
  ]);
  const taken = names.find((name, index) => names.indexOf(name) < index);
  if (taken !== undefined) throw apiError('1017', `Object already exists: ${taken}`);
}
