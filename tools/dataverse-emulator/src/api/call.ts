import type { DataverseError } from '../core/dataverseError.ts';

/** A request to the Web API, apart from HTTP. */
export interface Call {
  readonly method: string;
  /** Decoded path below the version, such as `leads(…)`. */
  readonly path: string;
  /** Decoded query options. */
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** Address of the API as the caller spells it, without a trailing slash. */
  readonly base: string;
  /** Whether the answer may come compressed. */
  readonly isGzipWelcome?: boolean;
}

/** An answer, apart from HTTP. `code` is the error code when it is a failure. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The compressed body; `body` is then empty. Only for a call that welcomed it. */
  readonly packed?: Buffer;
  readonly code: string | null;
}

const jsonType = 'application/json; odata.metadata=minimal';

/** A success with a JSON body that is already text. */
export function jsonAnswer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'content-type': jsonType, 'odata-version': '4.0', ...headers },
    body,
    code: null,
  };
}

/** An answer without a body. */
export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'odata-version': '4.0', ...headers }, body: '', code: null };
}

/** Other statuses and codes by the code of a refusal: most statuses are inferred (facts, section 4.3). */
export type Refusals = Readonly<Record<string, { readonly status?: number; readonly code?: string }>>;

/** The answer to a failure (facts, section 4.3); a 401 has no body, its reason is in the header (section 4.4). */
export function failureAnswer(error: DataverseError, refusals: Refusals): Answer {
  const { message, headers } = error;
  const { status = error.status, code = error.code } = refusals[error.code] ?? {};
  if (status === 401) return { ...emptyAnswer(status, headers), code };
  return { ...jsonAnswer(status, JSON.stringify({ error: { code, message } }), headers), code };
}
