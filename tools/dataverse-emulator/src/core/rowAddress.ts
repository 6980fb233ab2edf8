import { findByKey, keyColumns } from './alternateKeys.ts';
import { literalOf } from './cellTests.ts';
import type { CellValue, ColumnDefinition } from './columnDefinition.ts';
import { badRequest, DataverseError } from './dataverseError.ts';
import type { OrganizationState } from './organizationState.ts';
import { isGuid } from './readValue.ts';
import type { AlternateKey, TableDefinition } from './tableDefinition.ts';

/** How an address names a row. */
export interface RowAddress {
  /** Undefined when an alternate key names no row. */
  readonly id: string | undefined;
  /** Values of the alternate key by the names of body members; empty for an address by id. */
  readonly values: Readonly<Record<string, CellValue>>;
  /** What stood in the parentheses. */
  readonly source: string;
}

const part = /\s*(\w+)\s*=\s*('(?:[^']|'')*'|[^,']*)\s*(?:,|$)/y;

function readParts(source: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  part.lastIndex = 0;
  while (part.lastIndex < source.length) {
    const [, name, value] = part.exec(source) ?? [];
    if (name === undefined || value === undefined)
      throw badRequest('0x80060888', `Bad Request - Error in query syntax: '${source}'.`);
    parts.set(name, value.trim());
  }
  return parts;
}

function keyOf(table: TableDefinition, names: readonly string[]): AlternateKey {
  const wanted = [...names].sort().join();
  const found = table.keys.find((key) => {
    const properties = keyColumns(table, key).map(({ property }) => property);
    return key.status === 'Active' && properties.sort().join() === wanted;
  });
  if (!found)
    throw badRequest(
      '0x80060890',
      `The specified key attributes are not a defined key for the ${table.name} entity: ${names.join(', ')}.`,
    );
  return found;
}

/** The member of a body that sets a key's column. */
function bodyEntry(
  state: OrganizationState,
  { property, navigation }: ColumnDefinition,
  value: CellValue,
): readonly [string, CellValue] {
  const [target] = navigation ?? [];
  if (!target) return [property, value];
  return [`${target.property}@odata.bind`, `${state.tables.get(target.table)?.set}(${String(value)})`];
}

/** Reads what stands in the parentheses after a set: an id, the key column with one, or an alternate key (facts, section 3.3). */
export function readAddress(state: OrganizationState, table: TableDefinition, source: string): RowAddress {
  if (isGuid(source)) return { id: source.toLowerCase(), values: {}, source };
  const parts = readParts(source);
  const own = parts.get(table.key);
  if (parts.size === 1 && own !== undefined && isGuid(own))
    return { id: own.toLowerCase(), values: {}, source: own.toLowerCase() };
  const key = keyOf(table, [...parts.keys()]);
  const cells = keyColumns(table, key).map(
    (column) => [column, literalOf(column, parts.get(column.property) ?? 'null')] as const,
  );
  const row = Object.fromEntries(cells.map(([{ property }, value]) => [property, value]));
  const values = Object.fromEntries(cells.map(([column, value]) => bodyEntry(state, column, value)));
  return { id: findByKey(state, table, key, row), values, source };
}

// Some clients join addresses so that one of the two slashes is lost.
const namedRow = /^(?:https?:\/+[^/]+)?(?:[\w.%-]*\/)*(\w+)\((.*)\)$/s;

/** What a row's address within a body says: an address is percent-encoded there too. Undefined when it is none. */
export function readRowName(raw: unknown): { readonly set: string; readonly key: string } | undefined {
  const [, set, key] = (typeof raw === 'string' ? namedRow.exec(raw) : null) ?? [];
  if (set === undefined || key === undefined) return undefined;
  try {
    return { set, key: decodeURIComponent(key) };
  } catch {
    return { set, key };
  }
}

/** The id in an address. Throws 404 when an alternate key names no row. */
export function requireId(table: TableDefinition, { id }: Pick<RowAddress, 'id'>): string {
  if (id === undefined)
    throw new DataverseError(
      404,
      '0x80060891',
      `A record with the specified key values does not exist in ${table.name} entity.`,
    );
  return id;
}
