import type {
  CustomFieldType,
  CustomType,
  CustomTypeField,
  DescribedType,
  MarketoFieldType,
} from '@lockstep/ports';
import type { SetupFault } from './setupFault.ts';

/** As what a field of each type is described. */
const describedAs: Readonly<Record<CustomFieldType, MarketoFieldType>> = {
  string: 'string',
  boolean: 'boolean',
  integer: 'integer',
  float: 'number',
  email: 'email',
  currency: 'number',
  date: 'date',
  datetime: 'timestamp',
  phone: 'string',
  text: 'text',
};

export const checkOf = ({ apiName }: CustomType): string => `custom/${apiName}`;

/** Fields that the type lacks; all of them when there is no such type. */
export function lackingFields(
  { fields }: CustomType,
  described: DescribedType | null,
): readonly CustomTypeField[] {
  const known = new Set(described?.fields.map(({ name }) => name));

  return fields.filter(({ name }) => !known.has(name));
}

/** What is wrong with a type that is there, or that it is not; the service works with the other records. */
export function typeFaults(type: CustomType, described: DescribedType | null): SetupFault[] {
  const check = checkOf(type);
  if (described === null)
    return [{ check, code: 'MARKETO_TYPE_MISSING', isGrave: false, found: 'missing or not approved' }];
  const faults = type.fields.flatMap((field) => fieldFault(field, described) ?? []);
  const [wanted, found] = [keyText(keyOf(type)), keyText(described.keyFields)];

  return [
    ...faults.map((fault) => ({ ...fault, check: `${check}/${fault.check}` })),
    ...(wanted === found
      ? []
      : [
          {
            check,
            code: 'MARKETO_FIELD_UNFIT' as const,
            isGrave: false,
            found: `key ${found} for ${wanted}`,
          },
        ]),
  ];
}

const keyOf = ({ fields }: CustomType): readonly string[] =>
  fields.filter(({ isKey }) => isKey).map(({ name }) => name);

const keyText = (names: readonly string[]): string => names.toSorted().join();

/** A link has the type of what it names. */
function fieldFault({ name, type }: CustomTypeField, { fields }: DescribedType): SetupFault | null {
  const field = fields.find((one) => one.name === name);
  const isGrave = false;
  if (!field) return { check: name, code: 'MARKETO_FIELD_UNKNOWN', isGrave, found: 'missing' };
  if (typeof type !== 'string' || describedAs[type] === field.type) return null;

  return { check: name, code: 'MARKETO_FIELD_UNFIT', isGrave, found: `type ${field.type} for ${type}` };
}
