import type { TestClient } from './testClient.ts';

/** One record of a sync or delete of objects other than persons. */
export interface ObjectOutcome {
  readonly seq: number;
  readonly status: string;
  readonly id?: number;
  readonly marketoGUID?: string;
  readonly reasons?: readonly { code: string; message: string }[];
}

/** Sends records to a sync or delete endpoint; answers an outcome for each. */
export async function sync(
  client: TestClient,
  path: string,
  input: readonly object[],
  more = {},
): Promise<readonly ObjectOutcome[]> {
  return (await client.post<ObjectOutcome>(path, { ...more, input })).result ?? [];
}

/** The first reason code of each record, undefined where it went through. */
export function codes(outcomes: readonly ObjectOutcome[]): (string | undefined)[] {
  return outcomes.map(({ reasons }) => reasons?.[0]?.code);
}
