import type { FieldType, TableDefinition } from '@lockstep/change-events';
import type { EntityType } from './entityType.ts';
import type { GoldenType, MappingRow } from './mapping.ts';

/** How rows of a table of the operator's own go to Marketo as custom objects (native-sync F-56, G-16). */
export type CustomEntityRule = {
  /** Logical name of the table. */
  readonly table: string;
  /** API name of the custom object type. */
  readonly type: string;
  /** Its field that holds the id of the row, the only one of its key. */
  readonly key: string;
  /** Its field that names whom the record belongs to: a person by its Marketo id, or a company by the id of its account. */
  readonly link: string;
  readonly to: 'person' | 'company';
  /** Lookup columns from the row to its person or account; a second one is a column of the row that the first one names. */
  readonly path: readonly [string] | readonly [string, string];
  /** Marketo's fields by column; null for every column of the table's publisher under its own name. */
  readonly fields: Readonly<Record<string, string>> | null;
};

/** A custom entity as decisions need it. */
export type CustomEntity = { readonly rule: CustomEntityRule; readonly type: EntityType };

const goldenTypes: Readonly<Partial<Record<FieldType, GoldenType>>> = {
  string: 'string',
  date: 'string',
  boolean: 'boolean',
  integer: 'integer',
  number: 'integer',
  decimal: 'decimal',
  timestamp: 'timestamp',
  option: 'option',
  options: 'options',
};

const persons = ['lead', 'contact'];

/** The entity of a rule; `described` is the table as Dynamics describes it, `tables` are those that are read. */
export function customEntity(
  rule: CustomEntityRule,
  described: TableDefinition,
  tables: readonly string[],
): CustomEntity {
  const { table, type, key } = rule;
  const fields = described.fields.flatMap((field) => fieldRow(rule, field) ?? []);
  const mapping = [linkRow(rule, tables), ...fields];
  return {
    rule,
    type: { entity: table, table, marketo: `custom:${type}`, key, onDelete: 'delete', mapping },
  };
}

/** The types of custom entities, by table. */
export const customTypesOf = (customs: readonly CustomEntity[]): Readonly<Record<string, EntityType>> =>
  Object.fromEntries(customs.map(({ type }) => [type.table, type]));

const customRow = (table: string, column: string, changes: Partial<MappingRow>): MappingRow => ({
  field: column,
  type: 'string',
  direction: 'to-marketo',
  columns: { [table]: column },
  marketo: column,
  ...changes,
});

/** Columns of a publisher have its prefix; those of Dynamics itself do not (dataverse 2.1). */
const isOwn = (column: string): boolean => column.includes('_');

function fieldRow(
  { table, fields }: CustomEntityRule,
  field: TableDefinition['fields'][number],
): MappingRow | null {
  const type = goldenTypes[field.type];
  const marketo = fields ? fields[field.name] : field.name;
  if (!type || marketo === undefined || (!fields && !isOwn(field.name))) return null;
  return customRow(table, field.name, { type, marketo });
}

/** A record that belongs to nobody is of no use in Marketo, so the link is needed. */
function linkRow({ table, link, to, path }: CustomEntityRule, tables: readonly string[]): MappingRow {
  const [column, hop] = path;
  const shared = { marketo: link, needed: true };
  const type = to === 'person' ? 'integer' : 'string';
  const ends = to === 'person' ? persons : ['account'];
  if (hop === undefined) return customRow(table, column, { ...shared, type, parents: ends });
  const between = tables.filter((name) => !persons.includes(name));
  const through = { tables: between, field: hop, parents: ends };
  return customRow(table, column, { ...shared, type, parents: between, through });
}

/** What is held of the rows of a table because paths of custom rows lead through them. */
export function heldRows(table: string, customs: readonly CustomEntity[]): readonly MappingRow[] {
  const own = customs.find(({ type }) => type.table === table)?.type.mapping ?? [];
  const columns = customs.flatMap(({ rule: { table: from, path, to } }) =>
    path[1] === undefined || from === table ? [] : [{ column: path[1], to }],
  );
  const unique = new Map(columns.map((one) => [one.column, one]));
  return [...unique.values()]
    .filter(({ column }) => !own.some(({ field }) => field === column))
    .map(({ column, to }) =>
      customRow(table, column, {
        direction: 'none',
        marketo: '',
        parents: to === 'person' ? persons : ['account'],
      }),
    );
}
