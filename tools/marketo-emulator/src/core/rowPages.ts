import { apiError } from './apiError.ts';
import { decodeBase32, encodeBase32 } from './pagingToken.ts';
import { pageSizeOf } from './parameters.ts';

/** The asked page of rows that have no ids, by position. Throws 1003 for a bad token (inferred). */
export function pageOfRows(rows: readonly object[], parameters: URLSearchParams): object {
  const token = parameters.get('nextPageToken') ?? '';
  const start = token === '' ? 0 : Number(decodeBase32(token).split(',')[1] ?? Number.NaN);
  if (!Number.isInteger(start)) throw apiError('1003', 'Invalid paging token');
  const end = start + pageSizeOf(parameters);
  const result = rows.slice(start, end);
  if (end >= rows.length) return { result, moreResult: false };
  return { result, nextPageToken: encodeBase32(`fields,${end}`), moreResult: true };
}
