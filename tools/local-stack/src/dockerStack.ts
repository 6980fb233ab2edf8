import { text } from 'node:stream/consumers';
import { GenericContainer } from 'testcontainers';
import type { StartedTestContainer, WaitStrategy } from 'testcontainers';
import { ensureImage, findEngine } from './dockerEngine.ts';
import { freePorts } from './freePorts.ts';
import { kafkaSettings, toContainerEnvironment } from './kafkaSettings.ts';
import type { Probe } from './readiness.ts';
import { probeKafka, probeMongodb, probeSchemaRegistry, waitUntilReady } from './readiness.ts';
import { reasonOf } from './stackErrors.ts';
import type { LocalStack, StartContext } from './stackTypes.ts';
import { startTogether, stopInReverse } from './startTogether.ts';

const images = {
  kafka: 'apache/kafka:4.1.0',
  mongodb: 'mongo:8.0',
  schemaRegistry: 'apicurio/apicurio-registry-mem:2.6.13.Final',
};

const readyTimeoutMs = 90_000;
const stopTimeoutMs = 5_000;

/**
 * The three services as containers. Rejects, with the reason in words, when no engine answers within 2 s, when an
 * image is neither present nor pulled within 3 minutes, and when a container does not become ready.
 */
export async function startDockerStack(context: StartContext): Promise<LocalStack> {
  const engine = await findEngine(context.signal);
  await Promise.all(Object.values(images).map((image) => ensureImage(engine, image, context)));
  const host = engine.info.containerRuntime.host.replace('localhost', '127.0.0.1');
  const plans = [await kafkaPlan(host), mongodbPlan(host), schemaRegistryPlan(host)];
  const containers = await startTogether(
    plans.map((plan) => (signal: AbortSignal) => startContainer(plan, { ...context, signal })),
    context.signal,
  );
  const [kafkaBrokers = '', mongodbUrl = '', schemaRegistryUrl = ''] = containers.map(
    ({ address }) => address,
  );
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= stopInReverse(containers));
  return { kafkaBrokers, mongodbUrl, schemaRegistryUrl, provider: 'docker', close };
}

type ContainerPlan = {
  name: string;
  container: GenericContainer;
  addressOf(started: StartedTestContainer): string;
  probe(address: string): Promise<void>;
};

type RunningContainer = { address: string; stop(): Promise<void> };

async function startContainer(plan: ContainerPlan, context: StartContext): Promise<RunningContainer> {
  const startedAtMs = performance.now();
  const started = await plan.container.withWaitStrategy(noWait).start();
  const stop = async (): Promise<void> => {
    await started.stop({ timeout: stopTimeoutMs, remove: true, removeVolumes: true });
  };
  const address = plan.addressOf(started);
  const probe: Probe = () => plan.probe(address);
  try {
    await waitUntilReady(plan.name, probe, { timeoutMs: readyTimeoutMs, signal: context.signal });
    context.log(`${plan.name} ready after ${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s`);
    return { address, stop };
  } catch (error) {
    const output = context.signal.aborted ? '' : await lastLines(started);
    await stop();
    throw new Error(`${reasonOf(error)}; its last lines:\n${output}`, { cause: error });
  }
}

/** Our probes decide. The default strategy runs commands inside the containers until they answer, which slows them down. */
const noWait: WaitStrategy = {
  waitUntilReady: async () => undefined,
  withStartupTimeout: () => noWait,
  isStartupTimeoutSet: () => true,
  getStartupTimeout: () => readyTimeoutMs,
};

async function lastLines(container: StartedTestContainer): Promise<string> {
  const stream = await container.logs({ tail: 20 });
  // The stream of a running container stays open; what it has said so far is enough.
  setTimeout(() => stream.destroy(), 500).unref();
  return text(stream).catch(reasonOf);
}

/** Clients must reach the broker under the address it advertises, so its port on the host is chosen beforehand. */
async function kafkaPlan(host: string): Promise<ContainerPlan> {
  const [port = 0] = await freePorts(1);
  const main = { name: 'PLAINTEXT', bind: ':9092', advertised: `${host}:${port}` };
  const internal = { name: 'INTERNAL', bind: ':19092', advertised: 'localhost:19092' };
  return {
    name: 'kafka',
    container: new GenericContainer(images.kafka)
      .withEnvironment(toContainerEnvironment(kafkaSettings('localhost:9093', main, internal)))
      .withExposedPorts({ container: 9092, host: port }),
    addressOf: () => `${host}:${port}`,
    probe: probeKafka,
  };
}

const mongodbPlan = (host: string): ContainerPlan => ({
  name: 'mongodb',
  container: new GenericContainer(images.mongodb).withExposedPorts(27017),
  addressOf: (started) => `mongodb://${host}:${started.getMappedPort(27017)}/?directConnection=true`,
  probe: probeMongodb,
});

const schemaRegistryPlan = (host: string): ContainerPlan => ({
  name: 'schema-registry',
  container: new GenericContainer(images.schemaRegistry).withExposedPorts(8080),
  addressOf: (started) => `http://${host}:${started.getMappedPort(8080)}/apis/ccompat/v7`,
  probe: probeSchemaRegistry,
});
