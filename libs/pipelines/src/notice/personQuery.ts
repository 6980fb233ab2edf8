import { isoTime, type Control } from '@lockstep/change-events';
import type { RefusedReason } from '../extract/obeyControl.ts';
import { changesKeptMs } from './feedPlaces.ts';

/** Persons with one of some values in a field. */
export type ValuesQuery = { readonly field: string; readonly values: readonly string[] };

/** Persons that an operator wants to be read again: by values, in a static list, or with a change in a span of time. */
export type PersonQuery =
  ValuesQuery | { readonly listId: string } | { readonly fromMs: number; readonly toMs: number };

/** As for the records of many rows (`lockstep resync --rows`). */
const valuesMax = 10_000;

/** No fields of a person: the two times of a span, and the id of a static list. */
const changed = 'changed';
const list = 'list';
/** What is known by numbers. */
const numbered: ReadonlySet<string> = new Set(['id', list]);

/** The query of a command in one line, as it is kept until it is answered; a reason where there is none to be made of it. */
export function queryText(command: Control, nowMs: number): { readonly filter: string } | RefusedReason {
  const { filter, from, to } = command;
  if (filter !== null) return from === null && to === null ? valuesText(filter) : 'QUERY_INVALID';
  if (from === null) return 'QUERY_INVALID';
  const [fromMs, toMs] = [Date.parse(from), to === null ? nowMs : Date.parse(to)];
  if (!(fromMs <= toMs)) return 'DATE_INVALID';
  if (nowMs - fromMs > changesKeptMs) return 'DATE_TOO_OLD';

  return { filter: `${changed}=${isoTime(fromMs)},${isoTime(toMs)}` };
}

function valuesText(filter: string): { readonly filter: string } | RefusedReason {
  const { field, values } = partsOf(filter);
  const isField = /^[A-Za-z]\w*$/.test(field) && field !== changed;
  const value = numbered.has(field) ? /^\d{1,10}$/ : /^.+$/;
  const isOfValues = values.every((text) => value.test(text));
  if (!isField || !isOfValues || values.length > (field === list ? 1 : valuesMax)) return 'QUERY_INVALID';

  return { filter: `${field}=${values.join()}` };
}

/** What `queryText` made. */
export function readQueryText(filter: string): PersonQuery {
  const { field, values } = partsOf(filter);
  const [from = '', to = ''] = values;
  if (field === list) return { listId: from };

  return field === changed ? { fromMs: Date.parse(from), toMs: Date.parse(to) } : { field, values };
}

function partsOf(filter: string): ValuesQuery {
  const [field = '', ...rest] = filter.split('=');
  const values = rest.join('=').split(',');

  return { field: field.trim(), values: [...new Set(values.map((value) => value.trim()))] };
}
