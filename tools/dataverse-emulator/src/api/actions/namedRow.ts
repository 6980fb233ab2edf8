import { findByKey, keyColumns } from '../../core/alternateKeys.ts';
import type { Row } from '../../core/columnDefinition.ts';
import { badRequest, errorCodes } from '../../core/dataverseError.ts';
import type { OrganizationState } from '../../core/organizationState.ts';
import { readFields } from '../../core/readFields.ts';
import { isGuid } from '../../core/readValue.ts';
import { readAddress, readRowName, type RowAddress } from '../../core/rowAddress.ts';
import type { AlternateKey, TableDefinition } from '../../core/tableDefinition.ts';
import type { Members } from './actionBody.ts';

/** Which row a target of a bulk message is. */
export interface NamedRow extends Pick<RowAddress, 'id' | 'values'> {
  /** What it was named by, undefined when it was not named. */
  readonly name: string | undefined;
}

/** `@odata.id`: a set with an id or an alternate key. */
function byAddress(state: OrganizationState, table: TableDefinition, raw: unknown): NamedRow {
  const address = readRowName(raw);
  if (address?.set !== table.set)
    throw badRequest(errorCodes.invalidArgument, `'@odata.id' does not name a row of '${table.name}'.`);
  const { id, values } = readAddress(state, table, address.key);
  return { id, values, name: address.key };
}

/** What a target says of the columns of a key, undefined unless it names them all. */
function keyCells(
  state: OrganizationState,
  table: TableDefinition,
  key: AlternateKey,
  members: Members,
): { readonly cells: Row; readonly members: Members } | undefined {
  const named: Record<string, unknown> = {};
  for (const { property, navigation = [] } of keyColumns(table, key)) {
    const names = [property, ...navigation.map((each) => `${each.property}@odata.bind`)];
    const name = names.find((each) => (members[each] ?? null) !== null);
    if (name === undefined) return undefined;
    named[name] = members[name];
  }
  return {
    cells: readFields(state, table, named, { operation: 'create', isPrivileged: false }),
    members: named,
  };
}

/** The columns of an active alternate key within the row itself (facts, section 3.5). */
function byKeyColumns(state: OrganizationState, table: TableDefinition, members: Members): NamedRow {
  for (const key of table.keys) {
    const found = key.status === 'Active' ? keyCells(state, table, key, members) : undefined;
    if (found)
      return {
        id: findByKey(state, table, key, found.cells),
        values: found.members as RowAddress['values'],
        name: JSON.stringify(found.cells),
      };
  }
  return { id: undefined, values: {}, name: undefined };
}

/** The row that a target names: by its address, by its id, or by the columns of an alternate key, in this order. */
export function namedRow(state: OrganizationState, table: TableDefinition, members: Members): NamedRow {
  if (members['@odata.id'] !== undefined) return byAddress(state, table, members['@odata.id']);
  const id = members[table.key];
  if (typeof id === 'string' && isGuid(id)) return { id: id.toLowerCase(), values: {}, name: undefined };
  return byKeyColumns(state, table, members);
}
