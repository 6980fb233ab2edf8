import type { DataType, FieldDefinition } from '../fieldDefinitions.ts';

/** A field of an object other than a person. */
export interface ObjectField extends FieldDefinition {
  /** Describe says `updateable: false`: it may be given, but only at creation. */
  readonly fixed?: boolean;
}

/** A field that must name an existing parent. */
export interface ObjectLink {
  readonly field: string;
  /** `lead`, or the name of another object type. */
  readonly parent: string;
  readonly parentField: string;
  /** What a record with an unknown parent is skipped with. */
  readonly reason: { readonly code: string; readonly message: string };
  /** The parent cannot be deleted while a record names it (1022). */
  readonly holdsParent: boolean;
}

/** One object type: everything that sync, query, delete and describe need to know of it. */
export interface ObjectType {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** `id` counts up, `marketoGUID` is a GUID. */
  readonly idField: 'id' | 'marketoGUID';
  readonly dedupeFields: readonly string[];
  /** Searchable beside dedupeFields and idField. */
  readonly filters: readonly string[];
  readonly fields: ReadonlyMap<string, ObjectField>;
  /** Must not be null (facts section 4). */
  readonly required: readonly string[];
  readonly links: readonly ObjectLink[];
  /** What a native CRM sync does to the type. */
  readonly underCrm: 'open' | 'readOnly' | 'closed';
}

/** Names of the fields that Marketo fills in. */
export const systemFields: ReadonlySet<string> = new Set(['id', 'marketoGUID', 'createdAt', 'updatedAt']);

/** Rows of a field table: name, display name, data type, and what else there is. */
export type FieldRow = readonly [
  name: string,
  displayName: string,
  dataType: DataType,
  more?: Partial<ObjectField>,
];

/** A field table with the system fields first, numbered from `firstId`. */
export function fieldTable(
  idField: ObjectType['idField'],
  rows: readonly FieldRow[],
  firstId: number,
): Map<string, ObjectField> {
  const system: readonly FieldRow[] = [
    idField === 'id'
      ? ['id', 'Id', 'integer', { readOnly: true }]
      : ['marketoGUID', 'Marketo GUID', 'string', { readOnly: true, length: 36 }],
    ['createdAt', 'Created At', 'datetime', { readOnly: true }],
    ['updatedAt', 'Updated At', 'datetime', { readOnly: true }],
  ];
  return new Map(
    [...system, ...rows].map(([name, displayName, dataType, more], index) => [
      name,
      { id: firstId + index, name, displayName, dataType, ...more },
    ]),
  );
}

/** What `filterType` may be: each entry is a set of fields that are searched together. */
export function searchableFields(type: ObjectType): string[][] {
  const singles = [type.idField, ...type.filters].filter((name) => !isOnlyKey(type, name));
  return [[...type.dedupeFields], ...singles.map((name) => [name])].filter((names) => names.length > 0);
}

function isOnlyKey({ dedupeFields }: ObjectType, name: string): boolean {
  return dedupeFields.length === 1 && dedupeFields[0] === name;
}
