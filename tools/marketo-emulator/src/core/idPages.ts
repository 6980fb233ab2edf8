import { apiError } from './apiError.ts';
import { decodeBase32, encodeBase32 } from './pagingToken.ts';
import { pageSizeOf } from './parameters.ts';

/** Some ids of a longer row; the token is there only while there are more. */
export interface IdPage {
  readonly ids: readonly number[];
  readonly more: { readonly nextPageToken?: string; readonly moreResult?: true };
}

/** The asked page of ascending ids; `kind` tells the tokens of one read from those of another. Throws 1003 for a bad token (inferred). */
export function pageOfIds(kind: string, ids: readonly number[], parameters: URLSearchParams): IdPage {
  const afterId = idInToken(kind, parameters.get('nextPageToken'));
  const remaining = ids.filter((id) => id > afterId);
  const page = remaining.slice(0, pageSizeOf(parameters));
  if (remaining.length === page.length) return { ids: page, more: {} };
  const nextPageToken = encodeBase32(`${kind},${page.at(-1) ?? 0}`);
  return { ids: page, more: { nextPageToken, moreResult: true } };
}

function idInToken(kind: string, token: string | null): number {
  if (token === null || token === '') return 0;
  const [known, id] = decodeBase32(token).split(',');
  if (known !== kind || !Number.isInteger(Number(id))) throw apiError('1003', 'Invalid paging token');
  return Number(id);
}
