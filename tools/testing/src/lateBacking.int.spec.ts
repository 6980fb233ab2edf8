import { setTimeout as sleep } from 'node:timers/promises';
import { toEnvironment } from '@lockstep/local-stack';
import { createServices, type LockstepServices } from './lockstepServices.ts';
import { closeInReverse, openBacking, type Closers } from './openBacking.ts';
import type { ServiceProcess } from './serviceProcess.ts';

const timeoutMs = 240_000;
const nobody = '127.0.0.1:1';
const remotes = {
  DATAVERSE_URL: `http://${nobody}`,
  DATAVERSE_TENANT_ID: 'tenant',
  DATAVERSE_CLIENT_ID: 'client',
  DATAVERSE_CLIENT_SECRET: 'secret',
  MARKETO_URL: `http://${nobody}`,
  MARKETO_CLIENT_ID: 'client',
  MARKETO_CLIENT_SECRET: 'secret',
};
const closers: Closers = [];
let services: LockstepServices;

beforeAll(async () => {
  const backing = await openBacking(closers);
  const names = { TOPIC_PREFIX: backing.topicPrefix, MONGODB_DATABASE: backing.topicPrefix };
  services = await createServices({ ...toEnvironment(backing), ...names, ...remotes });
  closers.push(() => services.close());
}, timeoutMs);
afterAll(() => closeInReverse(closers));

async function untilSays(process: ServiceProcess, words: string): Promise<void> {
  for (;;) {
    if ((await process.whyNotReady())?.includes(words)) return;
    if (process.exitCode() !== null) throw new Error(`ended: ${await process.lastLines()}`);
    await sleep(100);
  }
}

/** It once ended with code 1 and a word that work would go on by itself; whoever ran it waited longer each time before the next try. */
it.each([
  ['extractor', { KAFKA_BROKERS: nobody }, 'kafka: KAFKA_UNREACHABLE'],
  ['marketing', { KAFKA_BROKERS: nobody }, 'kafka: KAFKA_UNREACHABLE'],
  ['reconciler', { KAFKA_BROKERS: nobody }, 'kafka: KAFKA_UNREACHABLE'],
  ['marketing', { MONGODB_URL: `mongodb://${nobody}/` }, 'mongodb: MONGODB_UNREACHABLE'],
  ['reconciler', { MONGODB_URL: `mongodb://${nobody}/` }, 'mongodb: MONGODB_UNREACHABLE'],
] as const)(
  'a %s that starts while something is away waits, says for what, and stops when it is told to (%j)',
  async (service, settings, reason) => {
    const process = await services.start(service, `${service}-early`, settings);
    await untilSays(process, reason);
    await process.stop();

    expect(process.exitCode()).toBe(0);
  },
  timeoutMs,
);
