import { isoTime, SyncError } from '@lockstep/change-events';
import type { Environment } from '@lockstep/service-runtime';
import { v7 as newId } from 'uuid';
import { actorHere } from './actorHere.ts';
import { loadApiConfig } from './config.ts';
import { eachPage } from './eachPage.ts';
import { openClient, type OperatorClient } from './operatorClient.ts';
import { timeOf } from './timeOf.ts';

export type ReplayOptions = {
  readonly record?: string;
  readonly side?: string;
  readonly code?: string;
  readonly since?: string;
  readonly until?: string;
  readonly all?: boolean;
  readonly actor?: string;
};

type Print = (line: string) => void;

/**
 * Has what waits tried at once, and what was set aside sent on its way again: of one record, of a cause, or since a time. Prints how
 * far it is after each page. Throws CONFIG_INVALID when nothing says what is meant, and for what is no time.
 */
export async function replay(
  env: Environment,
  options: ReplayOptions,
  { nowMs, print }: { readonly nowMs: number; readonly print: Print },
): Promise<void> {
  const { record, side, code, since, all } = options;
  if ([record, side, code, since, all].every((choice) => choice === undefined))
    throw new SyncError('CONFIG_INVALID', {
      replay: 'needs one of --record, --side, --code, --since and --all.',
    });
  const chosen = {
    ...options,
    actor: options.actor ?? actorHere(),
    ...(since !== undefined && { since: timeOf('--since', since) }),
    until: options.until === undefined ? isoTime(nowMs) : timeOf('--until', options.until),
  };
  const client = openClient(loadApiConfig(env));
  if (record === undefined) await releaseAll(client, chosen, print);
  else await releaseOne(client, { ...chosen, record }, print);
  // Messages have no side.
  if (side === undefined) await replayLetters(client, chosen, print);
}

type Chosen = ReplayOptions & { readonly actor: string; readonly until: string };

async function releaseOne(
  client: OperatorClient,
  { record, actor }: Chosen & { readonly record: string },
  print: Print,
): Promise<void> {
  const { goldenId } = await client.post<{ goldenId: string }>(
    `/v1/records/${encodeURIComponent(record)}/release`,
    { actor },
  );
  print(`${goldenId} is tried again.`);
}

async function releaseAll(
  client: OperatorClient,
  { side, code, since: from, until, actor }: Chosen,
  print: Print,
): Promise<void> {
  let released = 0;
  const filter = { side, code, from, until, actor };
  await eachPage(async (after: string | undefined) => {
    const page = await client.post<{ released: number; next: string | null }>('/v1/errors/release', {
      ...{ ...filter, after },
    });
    released += page.released;
    print(`${released} records are tried again.`);
    return page.next ?? undefined;
  });
}

async function replayLetters(client: OperatorClient, chosen: Chosen, print: Print): Promise<void> {
  const { record: key, code, since: from, until } = chosen;
  const filter = { key, code, from, until, replayId: newId() };
  const sum = { replayed: 0, before: 0, kept: 0 };
  await eachPage(async (after: number | undefined) => {
    const page = await client.post<typeof sum & { next: number | null }>('/v1/dead-letters/replay', {
      ...{ ...filter, after },
    });
    for (const name of ['replayed', 'before', 'kept'] as const) sum[name] += page[name];
    print(
      `${sum.replayed} messages are on their way again, ${sum.before} had been before, ${sum.kept} cannot be.`,
    );
    return page.next ?? undefined;
  });
}
