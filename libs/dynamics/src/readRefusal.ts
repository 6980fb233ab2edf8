import type { ScalarValues } from '@lockstep/change-events';
import { writtenLookups, type DynamicsUpdateResult } from '@lockstep/ports';
import type { DataverseFault } from './failures.ts';

type Refused = Extract<DynamicsUpdateResult, { result: 'REFUSED' }>;

const wrongState = '0x80040233';

/** A closed lead is read-only until it is reactivated, whatever column is written (dataverse facts 6). */
const closed: Refused = {
  result: 'REFUSED',
  code: 'DYNAMICS_ROW_CLOSED',
  field: null,
  detail: 'the row is in a state that does not allow the change',
};

/** What the codes of refused values mean, in words of our own (dataverse facts 4.3). */
const sentences: Readonly<Record<string, string>> = {
  '0x80044331': 'the text is longer than the column allows',
  '0x8004432f': 'the whole number is out of range',
  '0x80044330': 'the decimal is out of range',
  '0x80040239': 'the date is not allowed',
  '0x8004431a': 'the option is not in the option set',
  '0x80048408': 'state and status do not belong together',
  '0x80048d19': 'the column does not exist or has another type',
  '0x80040237': 'another row has the same key',
  '0x80060892': 'another row has the same alternate key',
  '0x80040333': 'a duplicate detection rule holds it back',
  '0x80040265': 'a plug-in refuses it',
};

/**
 * A refusal of one row's values. Dataverse's message is not passed on, since it may quote the values; only the column it
 * names and the length it allows are.
 */
export function readRefusal({ status, code, message }: DataverseFault, columns: readonly string[]): Refused {
  if (code === wrongState) return closed;
  const sentence = sentences[code] ?? `Dataverse refuses the row with status ${status}`;
  const length = /maximum allowed length of '?(\d+)/i.exec(message)?.[1];

  return {
    result: 'REFUSED',
    code: code === '' ? String(status) : code,
    field: namedColumn(message, columns),
    detail: length === undefined ? sentence : `${sentence} (${length} characters)`,
  };
}

/** The written column that the message names: in quotes first, else as a word. */
function namedColumn(message: string, columns: readonly string[]): string | null {
  const text = message.toLowerCase();
  const quoted = [...text.matchAll(/['"]([a-z_][a-z0-9_]*)['"]/g)].map((match) => match[1]);
  const words = text.split(/[^a-z0-9_]+/);
  const named = [...quoted, ...words].find((word) => word !== undefined && columns.includes(word));

  return named ?? null;
}

/** A row that a lookup is bound to is missing, and not the one that is written: null for any other fault. */
export function lookupRefusal(
  { status, code, message }: DataverseFault,
  columns: ScalarValues,
  rowId: string,
): Refused | null {
  const field = Object.keys(columns).find((column) => writtenLookups[column] !== undefined);
  if (status !== 404 || field === undefined || message.toLowerCase().includes(rowId)) return null;

  return { result: 'REFUSED', code, field, detail: 'the row that it names is not there' };
}
