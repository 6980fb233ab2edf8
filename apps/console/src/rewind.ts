import { consumerGroups, SyncError } from '@lockstep/change-events';
import { openKafka, rewindGroups } from '@lockstep/kafka';
import { openMongoStores } from '@lockstep/mongodb';
import type { Environment } from '@lockstep/service-runtime';
import { loadStoreConfig, loadTopicConfig } from './config.ts';
import { clientId } from './openTopics.ts';
import { timeOf } from './timeOf.ts';

const dayMs = 86_400_000;
/** Events stay whole for so long; what is older may be the latest of its key alone. */
const reachMs = 7 * dayMs;

/**
 * Has the reconcilers route and decide again what came since a time, after the database was put back to then. Prints what is read
 * again. Throws CONFIG_INVALID for a time that the topics do not reach, GROUP_IN_USE while a reconciler runs.
 */
export async function rewind(
  env: Environment,
  to: string,
  { nowMs, print }: { readonly nowMs: number; readonly print: (line: string) => void },
): Promise<void> {
  const toMs = Date.parse(timeOf('--to', to));
  if (!(toMs <= nowMs && toMs >= nowMs - reachMs))
    throw new SyncError('CONFIG_INVALID', { '--to': `${to} is no time of the last seven days.` });
  const config = loadTopicConfig(env);
  const groups = Object.values(consumerGroups);
  await raiseRevisions(env, nowMs);
  const settings = { kafka: openKafka(config, clientId), prefix: config.topicPrefix, groups, toMs };
  await rewindGroups(settings, ({ group, topic, messages }) => {
    if (messages > 0) print(`${group} reads ${messages} messages of ${topic} again.`);
  });
}

/** What is decided again is told under higher revisions than whatever was told before. */
async function raiseRevisions(env: Environment, nowMs: number): Promise<void> {
  const { mongodbUrl: url, mongodbDatabase: database } = loadStoreConfig(env);
  const stores = await openMongoStores({ url, database });
  try {
    await stores.syncState.raiseRevisionEpoch(Math.floor(nowMs / 1_000));
  } finally {
    await stores.close();
  }
}
