import type { ColumnDefinition } from './columnDefinition.ts';
import { userId } from './actor.ts';
import { manyToOne } from './relationships.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** What can be deleted of the metadata, by the names of `DeletedMetadataFilters`; `Default` is a table. */
export const deletedKinds = ['Default', 'Attribute', 'Relationship', 'OptionSet'] as const;
export type DeletedKind = (typeof deletedKinds)[number];

/** What is no more, and since which version of the metadata. */
export interface DeletedItem {
  readonly kind: DeletedKind;
  readonly id: string;
  readonly version: number;
}

/** The version of all metadata, and of each item the one of its last change. */
export interface MetadataVersions {
  version: number;
  /** By the name of a table, whatever of it changed. */
  readonly changedAt: Map<string, number>;
  /** By the id of an item: table, column, relationship, key or option set. */
  readonly itemsChangedAt: Map<string, number>;
  /** Oldest first. */
  deleted: readonly DeletedItem[];
  /** Stamps up to this version are no longer valid: what was deleted since is not known for sure. */
  stampsVoidUpTo: number;
}

const firstMetadataVersion = 1_000_000;
const deletedMax = 10_000;

/** The metadata of a new organisation. */
export function createMetadataVersions(): MetadataVersions {
  return {
    version: firstMetadataVersion,
    changedAt: new Map(),
    itemsChangedAt: new Map(),
    deleted: [],
    stampsVoidUpTo: 0,
  };
}

interface Item {
  readonly kind: DeletedKind | 'Key';
  readonly id: string;
  /** Equal as long as the item is. */
  readonly content: unknown;
}

/** What a table is apart from its parts. */
function ownContent({ set, changeTracking, ownership, primaryName }: TableDefinition): string {
  return JSON.stringify({ set, changeTracking, ownership, primaryName });
}

function columnItems(table: string, column: ColumnDefinition): readonly Item[] {
  const { name, options, labels, navigation, globalOptionSet } = column;
  const item = (kind: Item['kind'], of: string): Item => ({ kind, id: userId(of), content: column });
  const own = item('Attribute', `column/${table}/${name}`);
  if (!(options ?? labels ?? navigation)) return [own];
  const named = [own, item('Attribute', `column/${table}/${name}name`)];
  const hasOwnSet = !navigation && globalOptionSet === undefined;
  return hasOwnSet ? [...named, item('OptionSet', `set/${table}_${name}`)] : named;
}

function itemsOf(table: TableDefinition | undefined): readonly Item[] {
  if (!table) return [];
  const { name, columns, keys } = table;
  return [
    { kind: 'Default', id: userId(`table/${name}`), content: ownContent(table) },
    ...columns.flatMap((column) => columnItems(name, column)),
    ...manyToOne(table).map(({ schemaName, column }) => ({
      kind: 'Relationship' as const,
      id: userId(`relationship/${schemaName}`),
      content: column,
    })),
    ...keys.map((key) => ({ kind: 'Key' as const, id: userId(`key/${name}/${key.name}`), content: key })),
  ];
}

function addDeleted(metadata: MetadataVersions, items: readonly Item[]): void {
  const { version } = metadata;
  const gone = items.flatMap(({ kind, id }) => (kind === 'Key' ? [] : [{ kind, id, version }]));
  const all = [...metadata.deleted, ...gone];
  const [forgotten] = all.slice(0, -deletedMax).slice(-1);
  if (forgotten) metadata.stampsVoidUpTo = forgotten.version;
  metadata.deleted = all.slice(-deletedMax);
}

/** Counts a change of a table's metadata and of what it consists of; undefined is a table that was not or is no more. */
export function recordTableChange(
  metadata: MetadataVersions,
  name: string,
  before: TableDefinition | undefined,
  after: TableDefinition | undefined,
): void {
  metadata.version += 1;
  metadata.changedAt.set(name, metadata.version);
  const former = new Map(itemsOf(before).map((item) => [item.id, item]));
  for (const { id, content } of itemsOf(after)) {
    if (former.get(id)?.content !== content) recordItemChange(metadata, id);
    former.delete(id);
  }
  addDeleted(metadata, [...former.values()]);
}

/** Notes that an item is new or changed, with the version that the metadata has now. */
export function recordItemChange(metadata: MetadataVersions, id: string): void {
  metadata.itemsChangedAt.set(id, metadata.version);
  if (metadata.deleted.some((item) => item.id === id))
    metadata.deleted = metadata.deleted.filter((item) => item.id !== id);
}
