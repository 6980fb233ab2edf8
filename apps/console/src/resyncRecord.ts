import type { Environment } from '@lockstep/service-runtime';
import { actorHere } from './actorHere.ts';
import { loadApiConfig } from './config.ts';
import { openClient } from './operatorClient.ts';

export type ResyncOptions = { readonly record: string; readonly from?: string; readonly actor?: string };

/** Has both sides of one record read again, or one, and prints what is read. */
export async function resyncRecord(
  env: Environment,
  { record, from, actor = actorHere() }: ResyncOptions,
  print: (line: string) => void,
): Promise<void> {
  const client = openClient(loadApiConfig(env));
  const { goldenId, asked, absent } = await client.post<{
    goldenId: string;
    asked: readonly string[];
    absent: readonly string[];
  }>(`/v1/records/${encodeURIComponent(record)}/resync`, { from, actor });
  print(`${goldenId} reads again: ${asked.join(', ') || 'nothing'}`);
  for (const row of absent) print(`${row} is not there; a resync of its table tells its deletion.`);
}
