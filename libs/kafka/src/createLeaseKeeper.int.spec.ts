import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { topics } from '@lockstep/change-events';
import { leaseContract } from '@lockstep/ports';
import { Kafka, logLevel } from 'kafkajs';
import { createKafkaClient } from './createKafkaClient.ts';
import { createLeaseAssigner } from './leaseAssigner.ts';
import { createLeaseClaim } from './leaseClaim.ts';
import { createLeaseKeeper } from './createLeaseKeeper.ts';
import { createTestTopics, testKafka } from './testBroker.ts';

const brokers = process.env['KAFKA_BROKERS'];
const kafka = testKafka(brokers);
/** The shortest that a broker allows by default. */
const sessionTimeoutMs = 6_000;

async function newPrefix(): Promise<string> {
  const prefix = `t${randomUUID().slice(0, 8)}`;
  await createTestTopics(kafka, prefix, [topics.control]);
  return prefix;
}

/** Joins as a member that claims to hold, and whose id sorts first; the group believes it. Then it leaves. */
async function takeAway(prefix: string, name: string): Promise<void> {
  const claim = {
    ...createLeaseClaim({ sessionTimeoutMs, marginMs: 0, monotonic: () => 0 }),
    isHeld: () => true,
  };
  const intruder = createKafkaClient({
    brokers: (brokers ?? '').split(','),
    clientId: '0-intruder',
  }).consumer({
    groupId: `${prefix}/lease/${name}`,
    partitionAssigners: [createLeaseAssigner(claim)],
    maxWaitTimeInMs: 100,
  });
  await intruder.connect();
  await intruder.subscribe({ topics: [`${prefix}.${topics.control}`] });
  await intruder.run({ autoCommit: false, eachBatch: () => Promise.resolve() });
  await intruder.disconnect();
}

leaseContract('Kafka', async () => {
  const prefix = await newPrefix();
  const keeper = () => createLeaseKeeper({ kafka, prefix, sessionTimeoutMs });
  return {
    first: keeper(),
    second: keeper(),
    takeAway: (name) => takeAway(prefix, name),
    close: () => Promise.resolve(),
  };
});

/** Whoever still waits for a lease when a test has failed would disturb the next one. */
const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

// Once, in a whole run on a busy machine, a process that went on after SIGSTOP was not heard of for 30 s.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

type HolderProcess = {
  readonly child: ChildProcess;
  /** `held` and `free`, as the process says them. */
  readonly said: string[];
  readonly sign: (word: string) => Promise<void>;
};

function startHolder(prefix: string): HolderProcess {
  const script = join(__dirname, 'testLeaseHolder.ts');
  const settings = ['--import', 'tsx', '--conditions=@lockstep/source'];
  const child = spawn(
    process.execPath,
    [...settings, script, brokers ?? '', prefix, String(sessionTimeoutMs)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  cleanUps.push(() => Promise.resolve(child.kill('SIGKILL')));
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (word) => said.push(word));
  return { child, said, sign: (word) => waitUntil(() => said.includes(word)) };
}

async function waitUntil(isTrue: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isTrue(); waitedMs += 10) {
    if (waitedMs > 30_000) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits as standby in this process; `heldAfter` resolves with how long the takeover took. */
function startStandby(prefix: string) {
  const stopping = new AbortController();
  const startedAt = performance.now();
  let heldAtMs: number | null = null;
  const done = createLeaseKeeper({ kafka, prefix, sessionTimeoutMs }).hold(
    'leads',
    (_lease, signal) => {
      heldAtMs ??= performance.now();
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    },
    stopping.signal,
  );
  const stop = () => (stopping.abort(), done);
  cleanUps.push(stop);
  return {
    isHolding: () => heldAtMs !== null,
    heldAfter: async () => {
      await waitUntil(() => heldAtMs !== null);
      return (heldAtMs ?? 0) - startedAt;
    },
    stop,
  };
}

describe('the lease of a process that does not answer', () => {
  it('goes to the standby within the session time-out and two seconds after kill -9', async () => {
    const prefix = await newPrefix();
    const holder = startHolder(prefix);
    await holder.sign('held');
    const standby = startStandby(prefix);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(standby.isHolding()).toBe(false);

    holder.child.kill('SIGKILL');
    const tookMs = (await standby.heldAfter()) - 1_000;
    await standby.stop();

    expect(tookMs).toBeGreaterThan(sessionTimeoutMs - 2_000);
    expect(tookMs).toBeLessThan(sessionTimeoutMs + 2_000);
  });

  it('is not held by a process that was stopped and goes on after another took it', async () => {
    const prefix = await newPrefix();
    const holder = startHolder(prefix);
    await holder.sign('held');

    holder.child.kill('SIGSTOP');
    const standby = startStandby(prefix);
    await standby.heldAfter();
    holder.child.kill('SIGCONT');
    await holder.sign('free');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(holder.said).toEqual(['held', 'free']);

    await standby.stop();
    await waitUntil(() => holder.said.length === 3);
    expect(holder.said[2]).toBe('held');
    holder.child.kill('SIGTERM');
    await new Promise((resolve) => holder.child.once('exit', resolve));
  });
});

/** A client whose connections can be held up in both directions, as by a broker that hangs. */
function freezableKafka() {
  const sockets: Socket[] = [];
  let isFrozen = false;
  const settle = () => sockets.forEach((socket) => (isFrozen ? socket.pause() : socket.resume()));
  const client = new Kafka({
    brokers: (brokers ?? '').split(','),
    requestTimeout: 3_000,
    retry: { initialRetryTime: 20, maxRetryTime: 500 },
    logLevel: logLevel.NOTHING,
    socketFactory: ({ host, port, onConnect }) => {
      const socket = connect(port, host, () => (onConnect(), settle()));
      sockets.push(socket);
      return socket;
    },
  });
  return { client, freeze: (isTrue: boolean) => void ((isFrozen = isTrue), settle()) };
}

describe('a standby', () => {
  /** It once said that another process holds the lease while nobody did, and passed for well: the broker was away. */
  it('says so only while the broker is heard of', async () => {
    const prefix = await newPrefix();
    const holder = startStandby(prefix);
    await holder.heldAfter();
    const { client, freeze } = freezableKafka();
    const told: boolean[] = [];
    const onStandby = (isHeard: boolean) => void (told.at(-1) === isHeard || told.push(isHeard));
    const stopping = new AbortController();
    const waiting = createLeaseKeeper({ kafka: client, prefix, sessionTimeoutMs, onStandby }).hold(
      'leads',
      () => Promise.resolve(),
      stopping.signal,
    );
    cleanUps.push(() => (freeze(false), stopping.abort(), waiting));

    await waitUntil(() => told.length === 1);
    freeze(true);
    await waitUntil(() => told.length === 2);
    freeze(false);
    await waitUntil(() => told.length >= 3);

    expect(told.slice(0, 3)).toEqual([true, false, true]);
  });
});
