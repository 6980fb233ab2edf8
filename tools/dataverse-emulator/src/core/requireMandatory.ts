import type { Row } from './columnDefinition.ts';
import { badRequest, errorCodes } from './dataverseError.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** Throws 400 when a column is empty that has to be filled; other required levels are for forms (facts, section 2.2). */
export function requireMandatory(table: TableDefinition, row: Row): void {
  const empty = table.columns.find(
    ({ required, name, property }) =>
      required === 'SystemRequired' && name !== table.key && (row[property] ?? null) === null,
  );
  if (empty)
    throw badRequest(
      errorCodes.invalidArgument,
      `Required field '${empty.name}' is missing on ${table.name}.`,
    );
}
