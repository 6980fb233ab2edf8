import { Type, type Static } from '@sinclair/typebox';
import { builtInType, type EntityType, type MappingRow } from '@lockstep/reconciliation';
import { compileField } from './compileField.ts';
import { findingAt, valueFindings } from './fieldFindings.ts';
import { nearestName } from './nearestName.ts';
import type { Finding } from './ruleFault.ts';
import { columnName, goldenTypes, labelTable, constantValue, marketoName } from './schemaParts.ts';
import { takenFindings } from './takenFindings.ts';
import { writeBackOf } from './writeBack.ts';

/** Entities beside persons whose fields the file may change. */
export const mappedEntities = ['account', 'opportunity', 'user', 'team'] as const;

type MappedEntity = (typeof mappedEntities)[number];

const entityField = Type.Object(
  {
    column: Type.Optional(columnName('Logical name of the column.')),
    marketo: Type.Optional(marketoName('REST name of the field in Marketo; of a new field its own name.')),
    type: Type.Optional(goldenTypes),
    labels: Type.Optional(labelTable),
    constant: Type.Optional(constantValue('The value that every record has in this field.')),
  },
  { additionalProperties: false },
);

/** What is different from the default mapping of an entity; all of it flows from Dynamics to Marketo (F-02). */
export const entityFields = Type.Record(
  Type.String(),
  Type.Union([Type.Literal('off'), entityField], { description: '`off` takes a field out of the mapping.' }),
  { description: 'What is different from the default mapping, by golden field.' },
);

type EntityRule = { readonly fields?: Static<typeof entityFields> };
type File = {
  readonly accounts?: { readonly writeBack?: readonly string[] };
  readonly entities?: Readonly<Partial<Record<MappedEntity, EntityRule>>>;
};

/** One entry, the default row, and the row that comes of both. */
type Entry = {
  readonly name: string;
  readonly rule: Static<typeof entityField> | 'off';
  readonly base: MappingRow | undefined;
  readonly row: MappingRow | undefined;
};

type Changed = { readonly type: EntityType; readonly entries: readonly Entry[] };

function changedIn({ entities = {} }: File): readonly Changed[] {
  return mappedEntities.flatMap((entity) => {
    const type = builtInType(entity);
    const rules = Object.entries(entities[entity]?.fields ?? {});

    return type && rules.length > 0 ? [{ type, entries: rules.map((rule) => entryOf(type, ...rule)) }] : [];
  });
}

function entryOf(type: EntityType, name: string, rule: Entry['rule']): Entry {
  const base = type.mapping.find(({ field }) => field === name);

  return { name, rule, base, row: rule === 'off' ? undefined : rowOf(type, { name, base, rule }) };
}

function rowOf(
  { table }: EntityType,
  { name, base, rule }: { name: string; base: MappingRow | undefined; rule: Static<typeof entityField> },
): MappingRow {
  const { column, ...shared } = rule;
  const row = compileField(name, { base, rule: shared }, undefined);
  const columns = column === undefined ? row.columns : { [table]: column };

  return { ...row, columns, marketo: row.marketo || name, direction: 'to-marketo' };
}

/** The mappings that the file changes, by entity: the default rows in their order, then the new ones by name. */
export function entityMappingsOf(file: File): Readonly<Record<string, readonly MappingRow[]>> {
  return Object.fromEntries(changedIn(file).map((changed) => [changed.type.entity, mappingOf(changed)]));
}

function mappingOf({ type, entries }: Changed): readonly MappingRow[] {
  const named = new Map(entries.map((entry) => [entry.name, entry]));
  const kept = type.mapping.flatMap((base) => {
    const entry = named.get(base.field);

    return entry ? (entry.row ?? []) : [base];
  });
  const own = entries.flatMap(({ base, row }) => (base || !row ? [] : [row]));

  return [...kept, ...own.toSorted((left, right) => (left.field < right.field ? -1 : 1))];
}

/** What is wrong with the fields of entities beyond their shape. */
export function entityFieldFindings(file: File): readonly Finding[] {
  return changedIn(file).flatMap((changed) => {
    const ofFields = changed.entries.flatMap((entry) => findingsOf(changed.type, entry, writeBackOf(file)));
    // A field that is incomplete has no place that could be taken.
    if (ofFields.length > 0) return ofFields;
    const names = new Set(changed.entries.map(({ name }) => name));

    return takenFindings([...keyRow(changed.type), ...mappingOf(changed)], names, pathOf(changed.type));
  });
}

const pathOf = ({ entity }: EntityType): readonly string[] => ['entities', entity, 'fields'];

/** The field of the key is no row of the mapping, but it is taken. */
const keyRow = ({ key }: EntityType): readonly MappingRow[] =>
  key === null ? [] : [{ field: 'the key', type: 'string', direction: 'none', columns: {}, marketo: key }];

function findingsOf(type: EntityType, entry: Entry, writtenBack: readonly string[]): readonly Finding[] {
  const { name, rule, row } = entry;
  const at = findingAt([...pathOf(type), name]);
  const reason = fixedBecause(type, entry, writtenBack);
  if (reason !== null) return [at(null, 'FIELD_FIXED', reason)];
  if (isUnknown(entry)) return [unknownFinding(type, name)];
  if (rule === 'off' || !row) return [];
  if (Object.keys(row.columns).length === 0 && row.constant === undefined)
    return [at(null, 'FIELD_INCOMPLETE', `${name} is new: it needs column or constant.`)];

  return valueFindings(row, rule, at);
}

function fixedBecause(
  { entity }: EntityType,
  { name, rule, base }: Entry,
  writtenBack: readonly string[],
): string | null {
  if (entity === 'account' && writtenBack.includes(name))
    return `${name} is in accounts.writeBack; it stays as it is.`;

  return base?.parents && rule !== 'off' ? `${name} is a relation; it stays as it is, or is off.` : null;
}

const isUnknown = ({ base, rule }: Entry): boolean =>
  !base && (rule === 'off' || Object.keys(rule).length === 0);

function unknownFinding(type: EntityType, name: string): Finding {
  const nearest = nearestName(
    name,
    type.mapping.map(({ field }) => field),
  );
  const sentence = `${name} is no field of the mapping.`;

  return { ...findingAt([...pathOf(type), name])(null, 'FIELD_UNKNOWN', sentence), nearest };
}
