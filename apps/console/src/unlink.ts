import { SyncError } from '@lockstep/change-events';
import type { Environment } from '@lockstep/service-runtime';
import { actorHere } from './actorHere.ts';
import { loadApiConfig } from './config.ts';
import { openClient, type OperatorClient } from './operatorClient.ts';

type Unlinked = { readonly goldenId: string; readonly partedTo: string; readonly rows: readonly string[] };

/** Parts a wrong pair: `wanted` is a row of it, as `system/table/id`, or its golden id. Prints where each side went. */
export async function unlink(
  env: Environment,
  { wanted, actor = actorHere() }: { readonly wanted: string; readonly actor?: string | undefined },
  print: (line: string) => void,
): Promise<void> {
  const client = openClient(loadApiConfig(env));
  const goldenId = wanted.includes('/') ? await goldenIdOfRow(client, wanted) : wanted;
  const path = `/v1/records/${encodeURIComponent(goldenId)}/unlink`;
  const { goldenId: kept, partedTo, rows } = await client.post<Unlinked>(path, { actor });
  print(`${kept} keeps the person; ${rows.join(', ')} goes to ${partedTo}. No rule joins them again.`);
}

async function goldenIdOfRow(client: OperatorClient, row: string): Promise<string> {
  const { records } = await client.get<{ records: readonly { goldenId: string }[] }>('/v1/records', { row });
  const [record] = records;
  if (!record) throw new SyncError('RECORD_UNKNOWN', { detail: row });

  return record.goldenId;
}
