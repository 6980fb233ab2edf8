import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { MongoClient } from 'mongodb';
import type { LocalStack } from './stackTypes.ts';
import { startLocalStack } from './startLocalStack.ts';

const startTimeoutMs = 20 * 60_000;

/** The suite follows the provider that the run asks for; the processes of a container are not ours to look after. */
const provider = process.env['LOCKSTEP_STACK'] === 'docker' ? 'docker' : 'native';

describe(`a ${provider} stack`, () => {
  let stack: LocalStack;
  const lines: string[] = [];

  beforeAll(async () => {
    stack = await startLocalStack({ provider, log: (line) => lines.push(line) });
  }, startTimeoutMs);
  afterAll(() => stack?.close(), 30_000);

  it('says how long each service took', () => {
    expect(stack.provider).toBe(provider);
    for (const name of ['kafka', 'mongodb', 'schema-registry']) {
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${name} ready after [\\d.]+ s$`)));
    }
  });

  it('shows what a Kafka transaction committed and hides what it aborted', async () => {
    const kafka = new Kafka({ brokers: [stack.kafkaBrokers], logLevel: logLevel.NOTHING });
    await createTopic(kafka, 'changes');
    await produceInTransaction(kafka, 'changes', 'aborted', 'abort');
    await produceInTransaction(kafka, 'changes', 'committed', 'commit');
    await expect(firstMessage(kafka, 'changes')).resolves.toBe('committed');
  }, 60_000);

  it('creates no topic that nobody created', async () => {
    const kafka = new Kafka({
      brokers: [stack.kafkaBrokers],
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
    });
    const producer = kafka.producer({ allowAutoTopicCreation: true });
    await producer.connect();
    await expect(producer.send({ topic: 'never-created', messages: [{ value: 'x' }] })).rejects.toThrow();
    await producer.disconnect();
  }, 30_000);

  it('keeps documents under the MongoDB protocol', async () => {
    const client = new MongoClient(stack.mongodbUrl);
    try {
      const people = client.db('lockstep').collection<{ _id: string; revision: number }>('people');
      await people.insertOne({ _id: 'a', revision: 1 });
      const guarded = await people.updateOne({ _id: 'a', revision: 0 }, { $set: { revision: 9 } });
      expect(guarded.matchedCount).toBe(0);
      await expect(people.find({ revision: 1 }).toArray()).resolves.toEqual([{ _id: 'a', revision: 1 }]);
    } finally {
      await client.close();
    }
  });

  it('registers a schema through the Confluent API and answers it by id', async () => {
    const schema = JSON.stringify({ type: 'record', name: 'Lead', fields: [{ name: 'id', type: 'string' }] });
    const registered = await fetch(`${stack.schemaRegistryUrl}/subjects/lead-value/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema }),
    });
    const { id } = (await registered.json()) as { id: number };
    const answer = await fetch(`${stack.schemaRegistryUrl}/schemas/ids/${id}`);
    const read = (await answer.json()) as { schema: string };
    expect(JSON.parse(read.schema)).toEqual(JSON.parse(schema));
  });

  it('is found by a start that has its addresses in the environment', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      KAFKA_BROKERS: stack.kafkaBrokers,
      MONGODB_URL: stack.mongodbUrl,
      SCHEMA_REGISTRY_URL: stack.schemaRegistryUrl,
    });
    try {
      const external = await startLocalStack({ provider: 'external', log: () => undefined });
      expect(external.kafkaBrokers).toBe(stack.kafkaBrokers);
      await external.close();
      await expect(fetch(`${stack.schemaRegistryUrl}/subjects`)).resolves.toMatchObject({ status: 200 });
    } finally {
      process.env = before;
    }
  }, 30_000);
});

function describeCrashes(): void {
  describe('a native stack of which a service crashes', () => {
    let stack: LocalStack;
    beforeAll(async () => {
      stack = await startLocalStack({ provider, log: () => undefined });
    }, startTimeoutMs);
    afterAll(() => stack?.close(), 30_000);

    it('answers where it was before, and has what was committed', async () => {
      const kafka = new Kafka({ brokers: [stack.kafkaBrokers], logLevel: logLevel.NOTHING });
      const client = new MongoClient(stack.mongodbUrl);
      const people = client.db('lockstep').collection<{ _id: string }>('people');
      try {
        await createTopic(kafka, 'changes');
        await produceInTransaction(kafka, 'changes', 'before', 'commit');
        await people.insertOne({ _id: 'a' });
        await stack.faults?.crash('kafka');
        await stack.faults?.crash('mongodb');
        await expect(firstMessage(kafka, 'changes')).resolves.toBe('before');
        await expect(people.find().toArray()).resolves.toEqual([{ _id: 'a' }]);
      } finally {
        await client.close();
      }
    }, 120_000);
  });
}

if (provider === 'native') describeCrashes();

// Services that outlive a crashed test run pile up, hold ports and memory, and make every later measurement wrong.
function describeProcesses(): void {
  describe('the processes of a native stack', () => {
    it(
      'are gone with their data within 10 s after the process that started them was killed',
      async () => {
        const parent = startMain();
        await untilAddressesPrinted(parent);
        const descendants = descendantsOf(parent.pid ?? 0);
        expect(descendants.length).toBeGreaterThanOrEqual(6);
        const folders = descendants.flatMap(dataFolderOf);
        expect(folders.length).toBeGreaterThan(0);
        parent.kill('SIGKILL');
        await within(10_000, () => descendants.every((pid) => !isRunning(pid)));
        expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
      },
      startTimeoutMs,
    );

    it(
      'are stopped when the start is interrupted half-way',
      async () => {
        const parent = startMain();
        let descendants: number[] = [];
        await within(60_000, () => (descendants = descendantsOf(parent.pid ?? 0)).length >= 6);
        const ended = new Promise<number | null>((resolve) => parent.once('exit', resolve));
        parent.kill('SIGINT');
        await expect(ended).resolves.toBe(130);
        expect(descendants.filter(isRunning)).toEqual([]);
      },
      startTimeoutMs,
    );
  });
}

if (provider === 'native') describeProcesses();

async function createTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
}

async function produceInTransaction(
  kafka: Kafka,
  topic: string,
  value: string,
  end: 'commit' | 'abort',
): Promise<void> {
  const transactionalId = `test-${randomUUID()}`;
  const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [{ key: 'k', value }] });
  await transaction[end]();
  await producer.disconnect();
}

async function firstMessage(kafka: Kafka, topic: string): Promise<string> {
  const consumer = kafka.consumer({ groupId: `test-${randomUUID()}`, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const first = await new Promise<string>((resolve, reject) => {
    consumer.run({ eachMessage: async ({ message }) => resolve(`${message.value}`) }).catch(reject);
  });
  await consumer.disconnect();
  return first;
}

/** `npm run stack` without its wrappers, so that the process id is that of the process which holds the services. */
function startMain(): ChildProcess {
  const main = join(__dirname, 'main.ts');
  const env = { ...process.env, LOCKSTEP_STACK: 'native', NODE_OPTIONS: '' };
  return spawn(process.execPath, ['--import', 'tsx', '--conditions=@lockstep/source', main], {
    cwd: __dirname,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

async function untilAddressesPrinted(parent: ChildProcess): Promise<void> {
  let output = '';
  parent.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await within(startTimeoutMs, () => /^SCHEMA_REGISTRY_URL=.+$/m.test(output) || parent.exitCode !== null);
  expect(output).toMatch(/^KAFKA_BROKERS=127.*\nMONGODB_URL=mongodb:.*\nSCHEMA_REGISTRY_URL=http:.*\n$/);
}

function descendantsOf(pid: number): number[] {
  const parents = readdirSync('/proc').flatMap((entry) => parentOf(Number(entry)));
  const childrenOf = (id: number): number[] =>
    parents.filter(({ parent }) => parent === id).flatMap((entry) => [entry.pid, ...childrenOf(entry.pid)]);
  return childrenOf(pid);
}

function parentOf(pid: number): { pid: number; parent: number }[] {
  const status = readProcessFile(pid, 'stat');
  // The fields follow the command in brackets: state, then the parent's id.
  const [, parent] = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return parent === undefined ? [] : [{ pid, parent: Number(parent) }];
}

/** A zombie has ended; it only waits for its new parent to take note. */
function isRunning(pid: number): boolean {
  const status = readProcessFile(pid, 'stat');
  return status !== '' && status.slice(status.lastIndexOf(')') + 2)[0] !== 'Z';
}

function dataFolderOf(pid: number): string[] {
  const [folder] =
    /\S*lockstep-stack-[^/\s"\0]+/.exec(readProcessFile(pid, 'cmdline').replaceAll('"', ' ')) ?? [];
  return folder === undefined ? [] : [folder.slice(folder.indexOf('/'))];
}

function readProcessFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

async function within(timeoutMs: number, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not so within ${timeoutMs / 1_000} s`);
    await sleep(100);
  }
}
