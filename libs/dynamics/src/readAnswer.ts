import { SyncError, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsPage, DynamicsRow, DynamicsRows, RefusedRow } from '@lockstep/ports';
import { stringify } from 'lossless-json';
import { exactDecimals } from './exactDecimals.ts';
import { metadataVersionOf } from './metadataVersion.ts';
import { parseJson } from './parseJson.ts';
import { rowReaderOf, type JsonRow, type RowFault, type RowReader } from './readRow.ts';

/** Reads one page of a tracked read. Throws DYNAMICS_ANSWER_INVALID; a last page must end in a delta link. */
export function readPageAnswer(definition: TableDefinition, origin: string, text: string): DynamicsPage {
  const { body, items } = parseItems(definition, text);
  const deletedIds = items.filter(isTombstone).map((item) => String(item['id']).toLowerCase());

  return { ...readRows(definition, text, items), deletedIds, ...readEnvelope(definition, origin, body) };
}

/** What a page says beside its rows. */
export function readEnvelope(
  definition: TableDefinition,
  origin: string,
  body: JsonRow,
): Pick<DynamicsPage, 'position' | 'complete' | 'metadataVersion' | 'mark'> {
  const next = body['@odata.nextLink'];
  const position = next ?? body['@odata.deltaLink'];
  if (typeof position !== 'string' || !isOn(origin, position)) throw invalid(definition, 'link');
  const complete = next === undefined;

  return {
    position,
    complete,
    metadataVersion: metadataVersionOf(body),
    mark: complete ? markOf(position) : null,
  };
}

/** Reads one page of an ordinary query. Throws DYNAMICS_ANSWER_INVALID. */
export function readRowsAnswer(definition: TableDefinition, origin: string, text: string): DynamicsRows {
  const { body, items } = parseItems(definition, text);
  const next = body['@odata.nextLink'] ?? null;
  if (next !== null && (typeof next !== 'string' || !isOn(origin, next))) throw invalid(definition, 'link');

  return {
    ...readRows(definition, text, items),
    position: next,
    metadataVersion: metadataVersionOf(body),
  };
}

/** Reads the answer to a read or a write of one row. Throws DYNAMICS_ANSWER_INVALID. */
export function readRowAnswer(definition: TableDefinition, text: string): DynamicsRow {
  const isExact = definition.fields.some(({ type }) => type === 'decimal');
  const reading = cachedReader(definition)(parseObject(definition, text, isExact));
  if ('refused' in reading)
    throw new SyncError('DYNAMICS_ANSWER_INVALID', { table: definition.table, field: reading.refused.field });

  return hasBrokenCharacter(text) ? wellFormed(reading.row) : reading.row;
}

type Items = { readonly body: JsonRow; readonly items: readonly JsonRow[] };

function parseItems(definition: TableDefinition, text: string): Items {
  const body = parseObject(definition, text, false);
  const items = listOf(definition, body);

  return exactDecimals(definition, text, items) ? { body, items } : exactItems(definition, text);
}

/** Seven times as slow, and right whatever the text looks like. */
function exactItems(definition: TableDefinition, text: string): Items {
  const body = parseObject(definition, text, true);

  return { body, items: listOf(definition, body) };
}

function listOf(definition: TableDefinition, body: JsonRow): readonly JsonRow[] {
  const items = body['value'];
  if (!Array.isArray(items) || !items.every((item) => typeof item === 'object' && item !== null))
    throw invalid(definition, 'value');

  return items as readonly JsonRow[];
}

type ReadRows = { readonly rows: readonly DynamicsRow[]; readonly refused: readonly RefusedRow[] };

/** Rows oldest first, each once: a page may repeat a row, of which the newest state counts (dataverse facts 1.3). */
function readRows(definition: TableDefinition, text: string, items: readonly JsonRow[]): ReadRows {
  const read = cachedReader(definition);
  const newest = new Map<string, DynamicsRow>();
  const faults: { readonly index: number; readonly fault: RowFault }[] = [];
  items.forEach((item, index) => {
    if (isTombstone(item)) return;
    const reading = read(item);
    if ('refused' in reading) faults.push({ index, fault: reading.refused });
    else keepNewest(newest, reading.row);
  });
  const rows = [...newest.values()];

  return {
    rows: hasBrokenCharacter(text) ? inOrder(rows).map(wellFormed) : inOrder(rows),
    refused: refusedRows(definition, text, faults),
  };
}

function keepNewest(newest: Map<string, DynamicsRow>, row: DynamicsRow): void {
  const known = newest.get(row.id);
  if (!known || known.version < row.version) newest.set(row.id, row);
}

/** Rows mostly come in order. */
function inOrder(rows: DynamicsRow[]): DynamicsRow[] {
  const isSorted = rows.every((row, index) => index === 0 || (rows[index - 1]?.version ?? 0) <= row.version);

  return isSorted ? rows : rows.sort((left, right) => left.version - right.version);
}

/** What is set aside is kept with the digits as they came. */
function refusedRows(
  definition: TableDefinition,
  text: string,
  faults: readonly { readonly index: number; readonly fault: RowFault }[],
): readonly RefusedRow[] {
  if (faults.length === 0) return [];
  const { items } = exactItems(definition, text);

  return faults.map(({ index, fault }) => {
    const item = items[index] ?? {};
    const id = item[definition.primaryKey];

    return {
      id: typeof id === 'string' ? id.toLowerCase() : null,
      ...fault,
      bytes: Buffer.from(stringify(item) ?? ''),
    };
  });
}

const readersByDefinition = new WeakMap<TableDefinition, RowReader>();

function cachedReader(definition: TableDefinition): RowReader {
  const known = readersByDefinition.get(definition);
  if (known) return known;
  const reader = rowReaderOf(definition);
  readersByDefinition.set(definition, reader);

  return reader;
}

/** True when it may have one: pairs are written in the same way. */
function hasBrokenCharacter(text: string): boolean {
  return text.includes('\\ud') || text.includes('\\uD');
}

/** Half of a character, left by a text that was cut, has no form in UTF-8; it becomes U+FFFD, as any encoder would. */
function wellFormed(row: DynamicsRow): DynamicsRow {
  const fields = Object.entries(row.fields).map(
    ([name, value]) =>
      [name, typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\uFFFD') : value] as const,
  );

  return { ...row, fields: Object.fromEntries(fields) };
}

/** The row version that leads a delta token, `<number>!<time>` (dataverse facts 1.2); null when it is not there. */
function markOf(link: string): number | null {
  const digits = /[?&](?:\$|%24)deltatoken=(\d{1,16})(?:%21|!)/i.exec(link)?.[1];
  const mark = Number(digits ?? NaN);

  return Number.isSafeInteger(mark) ? mark : null;
}

/** A bare id under a context of its own (dataverse facts 1.3). */
function isTombstone(item: JsonRow): boolean {
  return typeof item['id'] === 'string' && String(item['@odata.context']).endsWith('/$deletedEntity');
}

/** Whether a link leads to the organisation that we were configured for; our token goes nowhere else. */
export function isOn(origin: string, link: string): boolean {
  return URL.canParse(link) && new URL(link).origin === origin;
}

function parseObject(definition: TableDefinition, text: string, exact: boolean): JsonRow {
  const body = parsed(definition, text, exact);
  if (typeof body !== 'object' || body === null) throw invalid(definition, 'body');

  return body as JsonRow;
}

function parsed(definition: TableDefinition, text: string, exact: boolean): unknown {
  try {
    return parseJson(text, exact);
  } catch (cause) {
    throw new SyncError('DYNAMICS_ANSWER_INVALID', { table: definition.table, part: 'json' }, { cause });
  }
}

function invalid({ table }: TableDefinition, part: string): SyncError {
  return new SyncError('DYNAMICS_ANSWER_INVALID', { table, part });
}
