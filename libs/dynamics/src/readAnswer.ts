import { SyncError, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsPage, DynamicsRow } from '@lockstep/ports';
import { parseJson } from './parseJson.ts';
import { readRow, type JsonRow } from './readRow.ts';

/** Reads one page of a tracked read. Throws DYNAMICS_ANSWER_INVALID; a last page must end in a delta link. */
export function readPageAnswer(definition: TableDefinition, origin: string, text: string): DynamicsPage {
  const body = parseObject(definition, text);
  const items = body['value'];
  const next = body['@odata.nextLink'];
  const position = next ?? body['@odata.deltaLink'];
  if (!Array.isArray(items) || typeof position !== 'string' || !isOn(origin, position))
    throw invalid(definition, Array.isArray(items) ? 'link' : 'value');
  const rows: DynamicsRow[] = [];
  const deletedIds: string[] = [];
  for (const item of items as JsonRow[]) {
    if (isTombstone(item)) deletedIds.push(String(item['id']).toLowerCase());
    else rows.push(readRow(definition, item));
  }

  return {
    rows,
    deletedIds,
    refused: [],
    position,
    complete: next === undefined,
    metadataVersion: null,
    mark: null,
  };
}

/** Reads the answer to a read or a write of one row. Throws DYNAMICS_ANSWER_INVALID. */
export function readRowAnswer(definition: TableDefinition, text: string): DynamicsRow {
  return readRow(definition, parseObject(definition, text));
}

/** A bare id under a context of its own (dataverse facts 1.3). */
function isTombstone(item: JsonRow): boolean {
  return typeof item['id'] === 'string' && String(item['@odata.context']).endsWith('/$deletedEntity');
}

/** Whether a link leads to the organisation that we were configured for; our token goes nowhere else. */
export function isOn(origin: string, link: string): boolean {
  return URL.canParse(link) && new URL(link).origin === origin;
}

function parseObject(definition: TableDefinition, text: string): JsonRow {
  const body = parsed(definition, text);
  if (typeof body !== 'object' || body === null) throw invalid(definition, 'body');

  return body as JsonRow;
}

function parsed(definition: TableDefinition, text: string): unknown {
  try {
    return parseJson(
      text,
      definition.fields.some(({ type }) => type === 'decimal'),
    );
  } catch (cause) {
    throw new SyncError('DYNAMICS_ANSWER_INVALID', { table: definition.table, part: 'json' }, { cause });
  }
}

function invalid({ table }: TableDefinition, part: string): SyncError {
  return new SyncError('DYNAMICS_ANSWER_INVALID', { table, part });
}
