import type { TableDefinition } from './tableDefinition.ts';

/** What a privilege allows. */
export type Operation = 'Create' | 'Read' | 'Write' | 'Delete' | 'Assign' | 'Share' | 'Append' | 'AppendTo';

/** A privilege on a table. */
export interface Privilege {
  readonly name: string;
  readonly operation: Operation;
}

const always = ['Create', 'Read', 'Write', 'Delete', 'Append', 'AppendTo'] as const;
const owned = ['Assign', 'Share'] as const;

/** Activities share the privileges of all activities. */
function subject({ isActivity, schemaName }: TableDefinition): string {
  return isActivity ? 'Activity' : schemaName;
}

/** The name of a privilege, such as `prvReadLead`. */
export function privilegeName(operation: Operation, table: TableDefinition): string {
  return `prv${operation}${subject(table)}`;
}

/** The privileges of a table. */
export function privilegesOf(table: TableDefinition): readonly Privilege[] {
  if (table.isIntersect) return [{ name: privilegeName('Read', table), operation: 'Read' }];
  const operations = table.ownership === 'UserOwned' ? [...always, ...owned] : always;
  return operations.map((operation) => ({ name: privilegeName(operation, table), operation }));
}
