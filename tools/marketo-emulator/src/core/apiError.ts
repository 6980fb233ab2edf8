/** A call that Marketo refuses as a whole: HTTP 200 with `success: false` and this code. */
export class ApiError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** One reason in a skipped record. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

/** Texts of response-level codes. The wording of 606 is recorded; the others follow the documented meaning. */
export const codeMessages: Readonly<Record<string, string>> = {
  '502': 'Bad gateway',
  '601': 'Access token invalid',
  '602': 'Access token expired',
  '603': 'Access denied',
  '604': 'Request timed out',
  '605': 'HTTP method not supported',
  '606': "Max rate limit '100' exceeded with in '20' secs",
  '607': 'Daily quota reached',
  '608': 'API temporarily unavailable',
  '609': 'Invalid JSON',
  '610': 'Requested resource not found',
  '611': 'System error',
  '612': 'Invalid content type',
  '613': 'Invalid multipart request',
  '614': 'Subscription is not reachable',
  '615': 'Concurrent access limit reached',
  '713': 'Transient error',
  '719': 'Lock wait timeout',
};

/** Calls answered with these cost nothing (facts section 6). */
export const uncountedCodes: ReadonlySet<string> = new Set(['601', '602', '604', '605', '608', '611']);

/** An error with the usual text of its code. */
export function apiError(code: string, message?: string): ApiError {
  return new ApiError(code, message ?? codeMessages[code] ?? 'Error');
}
