/** Sends a call below `/rest/v1/` and answers the first record of the result. */
export type Send = (
  method: string,
  path: string,
  body?: unknown,
) => Promise<Readonly<Record<string, unknown>>>;
