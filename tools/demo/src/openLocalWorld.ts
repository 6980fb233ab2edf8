import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topicDefinitions } from '@lockstep/change-events';
import { applyTopics, createKafkaClient } from '@lockstep/kafka';
import { startLocalStack, toEnvironment, type LocalStack } from '@lockstep/local-stack';
import { createControls } from './controls.ts';
import { demoApiToken } from './howToLookAround.ts';
import type { People } from './people.ts';
import { seedDynamics, seedMarketo } from './seedPeople.ts';
import { buildServices, type Bundles } from './serviceBundles.ts';
import { startServices } from './services.ts';
import { startBoth } from './startBoth.ts';
import { startEmulators } from './startEmulators.ts';
import { toSettings } from './systems.ts';
import type { Closers, Surroundings, World } from './world.ts';

/** Fast enough to watch; a real instance is asked far less often. */
const demoPace = {
  MATCH_BY_EMAIL: 'true',
  WRITE_TO_DYNAMICS: 'on',
  WRITE_TO_MARKETO: 'on',
  DYNAMICS_TABLES: 'lead,contact',
  POLL_INTERVAL_MIN_MS: '250',
  POLL_INTERVAL_MAX_MS: '1000',
  FEED_INTERVAL_MIN_MS: '500',
  FEED_INTERVAL_MAX_MS: '1000',
  DELETED_INTERVAL_MS: '3000',
  // The demo reads a little beside the service; Marketo allows 100 to all together.
  MARKETO_SHARE: '0.8',
  API_TOKEN: demoApiToken,
};

export type LocalWorldOptions = {
  readonly people: People;
  /** Runs these instead of building the services. */
  readonly bundles?: Bundles;
};

/** Starts everything on this machine: backing services, emulators with people, the three services. */
export async function openLocalWorld(
  { people, bundles }: LocalWorldOptions,
  surroundings: Surroundings,
  closers: Closers,
): Promise<World> {
  const { print, signal } = surroundings;
  print('Starting Kafka, MongoDB and the schema registry; building the services ...');
  const [stack, built] = await startBoth(
    [
      (either) => startLocalStack({ log: (line) => print(`  ${line}`), signal: either }),
      (either) => builtServices(bundles, either),
    ],
    (started) => closers.add(() => started.close()),
    signal,
  );
  const emulators = await startEmulators();
  closers.add(() => emulators.close());
  const controls = createControls(emulators);
  await seedDynamics(emulators.dataverse.url, people);
  await seedMarketo(emulators.marketo.url, people);
  const scope = scopeOf(stack, surroundings);
  await createTopics(stack, scope.TOPIC_PREFIX);
  const logFolder = await mkdtemp(join(tmpdir(), 'lockstep-demo-'));
  print(`Starting extractor, marketing and reconciler; their logs are in ${logFolder}`);
  const settings = { ...toEnvironment(stack), ...toSettings(emulators), ...scope, ...demoPace };
  const services = await startServices({ bundles: built, settings, logFolder, signal });
  closers.add(() => services.stop());
  return {
    systems: emulators,
    controls,
    topics: { ...stack, topicPrefix: scope.TOPIC_PREFIX },
    mongo: { mongodbUrl: stack.mongodbUrl, mongodbDatabase: scope.MONGODB_DATABASE },
    services,
    people,
  };
}

function builtServices(bundles: Bundles | undefined, signal: AbortSignal): Promise<Bundles> {
  return bundles === undefined ? buildServices(signal) : Promise.resolve(bundles);
}

/** On backing services that others may use too, topics and database get names of their own. */
function scopeOf(
  { provider }: LocalStack,
  { env }: Surroundings,
): { TOPIC_PREFIX: string; MONGODB_DATABASE: string } {
  const own = provider === 'external' ? `demo-${randomUUID().slice(0, 8)}` : '';
  return {
    TOPIC_PREFIX: env['TOPIC_PREFIX'] ?? own,
    MONGODB_DATABASE: env['MONGODB_DATABASE'] ?? (own === '' ? 'lockstep' : own),
  };
}

async function createTopics({ kafkaBrokers }: LocalStack, prefix: string): Promise<void> {
  const kafka = createKafkaClient({ brokers: kafkaBrokers.split(','), clientId: 'lockstep-demo' });
  await applyTopics({ kafka, prefix, definitions: topicDefinitions() });
}
