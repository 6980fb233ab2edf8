import type { FieldValue, InboxMessage, Scalar } from '@lockstep/change-events';
import type { GoldenStore, LinkStore } from '@lockstep/ports';
import {
  activeRow,
  builtInType,
  entityOfTable,
  goldenIdOf,
  parentKey,
  personOf,
  planOf,
  read,
  rowItself,
  rowKey,
  type GoldenRecord,
  type MappingRow,
} from '@lockstep/reconciliation';
import { readHeirs } from './readHeirs.ts';

/** The mapping of the record that a message is about. */
export type MappingOf = (record: GoldenRecord | null, message: InboxMessage) => readonly MappingRow[];

type Known = { readonly stored: ReadonlyMap<string, GoldenRecord>; readonly mappingOf: MappingOf };
type Stores = { readonly golden: GoldenStore; readonly links: LinkStore };
type RowName = { readonly table: string; readonly id: string };
/** A row that a record names by a mapping. */
type Relation = RowName & { readonly mapping: MappingRow };

/**
 * By what Marketo knows the rows that the records of these messages name, by `parentKey`. Who is absent here may be
 * there a moment later: the record is looked at again (decision 13).
 */
export async function readParents(
  stores: Stores,
  messages: readonly InboxMessage[],
  known: Known,
): Promise<ReadonlyMap<string, Scalar>> {
  const relations = messages.flatMap((message) => relationsOf(message, known));
  const recordOf = await readRecords(stores, relations);
  const steps = relations.flatMap((relation) => stepOf(relation, recordOf(relation)));
  const nowhere = relations.filter((relation) => leadsNowhere(relation, recordOf(relation)));
  const endOf = await readRecords(
    stores,
    steps.map(({ end }) => end),
  );
  const direct = relations.filter(({ mapping, table }) => !mapping.through?.tables.includes(table));
  const ends = [
    ...direct.map((end) => ({ key: parentKey(end.mapping, end.id), end, record: recordOf(end) })),
    ...steps.map(({ key, end }) => ({ key, end, record: endOf(end) })),
  ];
  const heirs = await readHeirs(
    stores,
    ends.flatMap(({ record }) => record ?? []),
  );
  const named = ends.flatMap(({ key, end, record }) => {
    const heir = heirs.get(record?.goldenId ?? '');
    const name = heir === undefined ? nameInMarketo(record, end.id) : numberOf(heir);
    return name === null ? [] : [[key, name] as const];
  });
  return new Map([...nowhere.map(({ id, mapping }) => [parentKey(mapping, id), null] as const), ...named]);
}

/** By way of a row that names nobody: what is led there in the first place does not belong to anybody any more. */
const leadsNowhere = (
  { mapping: { through, needed } }: Relation,
  between: GoldenRecord | undefined,
): boolean => needed === true && through !== undefined && between?.fields[through.field]?.value === null;

/** Whom a row that only stands between names: under the key of the row, whatever table the one named is of. */
function stepOf({ id, mapping }: Relation, between: GoldenRecord | undefined) {
  const { through } = mapping;
  const next = through && between?.fields[through.field]?.value;
  if (!through || typeof next !== 'string') return [];
  const key = parentKey(mapping, id);
  return through.parents.map((table) => ({ key, end: { table, id: next } }));
}

const keyOf = ({ table, id }: RowName): string => rowKey({ system: 'dynamics', table, id });

async function readRecords(
  { links, golden }: Stores,
  names: readonly RowName[],
): Promise<(name: RowName) => GoldenRecord | undefined> {
  const owners = await ownersOf(links, new Map(names.map((name) => [keyOf(name), name])));
  const records = owners.size === 0 ? new Map() : await golden.load([...new Set(owners.values())]);
  return (name) => records.get(owners.get(keyOf(name)) ?? '');
}

/** The golden ids of rows: a person may have that of another row, all others have their own. */
async function ownersOf(
  links: LinkStore,
  rows: ReadonlyMap<string, RowName>,
): Promise<ReadonlyMap<string, string>> {
  const keys = [...rows].map(([key, { table }]) => ({ key, isPerson: entityOfTable(table) === undefined }));
  const persons = keys.filter(({ isPerson }) => isPerson).map(({ key }) => key);
  const linked = persons.length === 0 ? [] : await links.resolve(persons);
  const own = keys.filter(({ isPerson }) => !isPerson).map(({ key }) => [key, goldenIdOf(key)] as const);
  return new Map([...own, ...linked]);
}

/** A person is known by its number, or by that of whom it was merged into, a role of a connection by its name, all others by the id of their row. */
export function nameInMarketo(parent: GoldenRecord | undefined, rowId: string): Scalar {
  if (!parent) return null;
  const { entity, fields } = parent;
  if (isName(entity)) return fields['name']?.value ?? null;
  if (!entity) return numberOf(personOf(parent));

  return counterpartId(parent) === null ? null : rowId;
}

const numberOf = (personId: string | null): Scalar => (personId === null ? null : Number(personId));

const isName = (entity = ''): boolean => builtInType(entity)?.marketo === null;

function counterpartId(parent: GoldenRecord): string | null {
  const counterpart = activeRow(parent, 'marketo');
  return counterpart && !counterpart.deletedAt ? counterpart.id : null;
}

function relationsOf(message: InboxMessage, { stored, mappingOf }: Known): readonly Relation[] {
  const record = stored.get(message.goldenId) ?? null;
  return planOf(mappingOf(record, message)).relations.flatMap((mapping) =>
    idsIn(message, record, mapping).flatMap((id) =>
      (mapping.parents ?? []).map((table) => ({ table, id, mapping })),
    ),
  );
}

/** What the record names, and what the message makes it name, unless Marketo holds that already; a key is made of all its parts. */
function idsIn(message: InboxMessage, record: GoldenRecord | null, mapping: MappingRow): string[] {
  const seen = record && activeRow(record, 'marketo')?.seen[mapping.field]?.value;
  const named = [record?.fields[mapping.field]?.value, idBrought(message, mapping)];
  return named.filter((id): id is string => typeof id === 'string' && (mapping.key === true || id !== seen));
}

function idBrought(message: InboxMessage, mapping: MappingRow): unknown {
  if (message.kind !== 'event' || message.system !== 'dynamics') return null;
  const column = mapping.columns[message.table] ?? '';
  if (column === rowItself) return message.event.recordId;
  const value: FieldValue | undefined = message.event.fields?.[column];
  return value === undefined ? null : read('dynamics', mapping, value).golden;
}
