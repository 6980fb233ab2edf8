import type { FieldValue, InboxMessage, Scalar } from '@lockstep/change-events';
import type { GoldenStore, LinkStore } from '@lockstep/ports';
import {
  activeRow,
  entityOfTable,
  entityTypes,
  read,
  rowKey,
  type GoldenRecord,
  type MappingRow,
} from '@lockstep/reconciliation';
import { goldenIdOf } from './goldenIds.ts';

/** The mapping of the record that a message is about. */
export type MappingOf = (record: GoldenRecord | null, message: InboxMessage) => readonly MappingRow[];

type Known = { readonly stored: ReadonlyMap<string, GoldenRecord>; readonly mappingOf: MappingOf };
type Stores = { readonly golden: GoldenStore; readonly links: LinkStore };
type RowName = { readonly table: string; readonly id: string };

/**
 * By what Marketo knows the rows that the records of these messages name, by the ids of the rows. Who is absent here may be
 * there a moment later: the record is looked at again (decision 13).
 */
export async function readParents(
  stores: Stores,
  messages: readonly InboxMessage[],
  known: Known,
): Promise<ReadonlyMap<string, Scalar>> {
  const rows = new Map(messages.flatMap((message) => relationsOf(message, known)));
  const owners = await ownersOf(stores.links, rows);
  const parents = owners.size === 0 ? new Map() : await stores.golden.load([...new Set(owners.values())]);
  return new Map(
    [...rows].flatMap(([key, { id }]) => {
      const name = nameInMarketo(parents.get(owners.get(key) ?? ''), id);
      return name === null ? [] : [[id, name] as const];
    }),
  );
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

/** A person is known by its number, a role of a connection by its name, all others by the id of their row. */
function nameInMarketo(parent: GoldenRecord | undefined, rowId: string): Scalar {
  if (!parent) return null;
  const { entity, fields } = parent;
  if (entity && entityTypes[entity].marketo === null) return fields['name']?.value ?? null;
  const id = counterpartId(parent);
  if (id === null) return null;
  return entity ? rowId : Number(id);
}

function counterpartId(parent: GoldenRecord): string | null {
  const counterpart = activeRow(parent, 'marketo');
  return counterpart && !counterpart.deletedAt ? counterpart.id : null;
}

function relationsOf(message: InboxMessage, { stored, mappingOf }: Known): (readonly [string, RowName])[] {
  const record = stored.get(message.goldenId) ?? null;
  return mappingOf(record, message).flatMap((mapping) =>
    idsIn(message, record, mapping).flatMap((id) =>
      (mapping.parents ?? []).map(
        (table) => [rowKey({ system: 'dynamics', table, id }), { table, id }] as const,
      ),
    ),
  );
}

/** What the record names, and what the message makes it name, unless Marketo holds that already. */
function idsIn(message: InboxMessage, record: GoldenRecord | null, mapping: MappingRow): string[] {
  if (!mapping.parents) return [];
  const seen = record && activeRow(record, 'marketo')?.seen[mapping.field]?.value;
  const named = [record?.fields[mapping.field]?.value, idBrought(message, mapping)];
  return named.filter((id): id is string => typeof id === 'string' && id !== seen);
}

function idBrought(message: InboxMessage, mapping: MappingRow): unknown {
  if (message.kind !== 'event' || message.system !== 'dynamics') return null;
  const value: FieldValue | undefined = message.event.fields?.[mapping.columns[message.table] ?? ''];
  return value === undefined ? null : read('dynamics', mapping, value).golden;
}
