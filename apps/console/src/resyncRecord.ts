import { readFile } from 'node:fs/promises';
import { SyncError } from '@lockstep/change-events';
import type { Environment } from '@lockstep/service-runtime';
import { actorHere } from './actorHere.ts';
import { loadApiConfig } from './config.ts';
import { openClient, type OperatorClient } from './operatorClient.ts';

export type ResyncOptions = { readonly record: string; readonly from?: string; readonly actor?: string };

/** Has both sides of one record read again, or one, and prints what is read. */
export async function resyncRecord(
  env: Environment,
  { record, from, actor = actorHere() }: ResyncOptions,
  print: (line: string) => void,
): Promise<void> {
  await resyncOne(openClient(loadApiConfig(env)), { goldenId: record, from, actor }, print);
}

type Resync = { readonly goldenId: string; readonly from: string | undefined; readonly actor: string };

async function resyncOne(
  client: OperatorClient,
  { goldenId, ...body }: Resync,
  print: (line: string) => void,
): Promise<void> {
  const answer = await client.post<{
    goldenId: string;
    asked: readonly string[];
    absent: readonly string[];
  }>(`/v1/records/${encodeURIComponent(goldenId)}/resync`, body);
  print(`${answer.goldenId} reads again: ${answer.asked.join(', ') || 'nothing'}`);
  for (const row of answer.absent) print(`${row} is not there; a resync of its table tells its deletion.`);
}

export type ResyncRowsOptions = Omit<ResyncOptions, 'record'> & { readonly rows: string };

const rowsMax = 10_000;

/**
 * The same for the records of many rows: `rows` are `system/table/id`, separated by commas, or `@` and a file with one a line.
 * Goes on past a row that nobody knows. Throws CONFIG_INVALID for what is no row, and for more than 10,000.
 */
export async function resyncRows(
  env: Environment,
  { rows, from, actor = actorHere() }: ResyncRowsOptions,
  print: (line: string) => void,
): Promise<void> {
  const client = openClient(loadApiConfig(env));
  const done = new Set<string>();
  for (const row of await rowsOf(rows)) {
    const { records } = await client.get<{ records: readonly { goldenId: string }[] }>('/v1/records', {
      row,
    });
    const goldenId = records[0]?.goldenId;
    if (goldenId === undefined) print(`Nothing is known about ${row}.`);
    else if (!done.has(goldenId)) await resyncOne(client, { goldenId, from, actor }, print);
    done.add(goldenId ?? row);
  }
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new SyncError('CONFIG_INVALID', { '--rows': `${file} cannot be read.` });
  });
}

async function rowsOf(given: string): Promise<readonly string[]> {
  const text = given.startsWith('@') ? await textOf(given.slice(1)) : given;
  const rows = [...new Set(text.split(/[\s,]+/).filter((row) => row !== ''))];
  if (rows.length === 0) throw new SyncError('CONFIG_INVALID', { '--rows': 'names no row.' });
  const wrong = rows.filter((row) => !/^(dynamics|marketo)\/[a-z0-9_]+\/[^/]+$/.test(row));
  if (wrong.length > 0)
    throw new SyncError('CONFIG_INVALID', { '--rows': `must be system/table/id, not ${wrong[0] ?? ''}.` });
  if (rows.length > rowsMax) throw new SyncError('CONFIG_INVALID', { '--rows': `are more than ${rowsMax}.` });

  return rows;
}
