import { setTimeout as sleep } from 'node:timers/promises';
import { customTablesOf } from '@lockstep/change-events';
import type { StackAddresses } from '@lockstep/local-stack';
import type { ServiceName } from './bundleServices.ts';
import type { Values } from './controlApi.ts';
import { differencesBetween } from './differencesBetween.ts';
import type { EmulatedDynamics } from './emulatedDynamics.ts';
import type { EmulatedMarketo } from './emulatedMarketo.ts';
import { createServices, startAll, type LockstepServices } from './lockstepServices.ts';
import { closeInReverse, type Closers } from './openBacking.ts';
import { openSystems } from './openSystems.ts';
import type { ServiceProcess } from './serviceProcess.ts';

export type LockstepOptions = {
  /** Rows and persons that are there before Lockstep is, in the words of each API. */
  readonly seed?: {
    readonly leads?: readonly Values[];
    readonly contacts?: readonly Values[];
    readonly persons?: readonly Values[];
  };
  /** Where Kafka, MongoDB and the registry are, which stay open; those of its own without it. */
  readonly stack?: StackAddresses;
  /** Done in Dynamics before anybody is started, such as making tables. */
  readonly prepare?: (systems: Pick<Lockstep, 'dynamics'>) => Promise<void>;
  /** Whether records that are not linked yet are matched by email address; true by default. */
  readonly matchByEmail?: boolean;
  /** `quick` for tests; `default` leaves pauses and shares as docs/configuration.md says. */
  readonly pace?: 'quick' | 'default';
  /** Further settings of the services, by the names in docs/configuration.md. */
  readonly settings?: Readonly<Record<string, string>>;
};

/** A running Lockstep between two emulated systems, on topics and a database of its own. */
export type Lockstep = StackAddresses & {
  readonly dynamics: EmulatedDynamics;
  readonly marketo: EmulatedMarketo;
  /** Stands before every topic: `<prefix>.dynamics.lead.changes`. */
  readonly topicPrefix: string;
  readonly mongodbDatabase: string;
  readonly matchByEmail: boolean;
  /** The processes that were started first. */
  readonly processes: Readonly<Record<ServiceName, ServiceProcess>>;
  readonly services: LockstepServices;
  /** Waits until both sides agree and are quiet. Rejects with what differs and the services' last log lines. */
  waitUntilInSync(limits?: { readonly timeoutMs?: number; readonly quietMs?: number }): Promise<void>;
  close(): Promise<void>;
};

/** Reading feeds must leave Marketo's 100 calls in 20 s room for others. */
const quickPace: Readonly<Record<string, string>> = {
  POLL_INTERVAL_MIN_MS: '100',
  POLL_INTERVAL_MAX_MS: '500',
  FEED_INTERVAL_MIN_MS: '500',
  FEED_INTERVAL_MAX_MS: '500',
  DELETED_INTERVAL_MS: '2000',
  SWEEP_INTERVAL_MS: '500',
  MARKETO_SHARE: '1',
};

const paceOf = (pace: LockstepOptions['pace']) => (pace === 'default' ? {} : quickPace);

/**
 * Starts everything and waits until the services are ready. Kafka, MongoDB and the schema registry are those in
 * KAFKA_BROKERS, MONGODB_URL and SCHEMA_REGISTRY_URL, else containers, else local processes; see tools/local-stack.
 */
export async function startLockstep(options: LockstepOptions = {}): Promise<Lockstep> {
  const closers: Closers = [];
  try {
    return await open(options, closers);
  } catch (error) {
    await closeInReverse(closers);
    throw error;
  }
}

const customTablesIn = ({ DYNAMICS_TABLES: tables = '' }: NonNullable<LockstepOptions['settings']>) =>
  customTablesOf(tables.split(',').filter((table) => table !== ''));

const nothing = (): Promise<void> => Promise.resolve();

async function open(
  { seed = {}, stack, prepare = nothing, matchByEmail = true, pace, settings = {} }: LockstepOptions,
  closers: Closers,
): Promise<Lockstep> {
  const systems = await openSystems(closers, stack, customTablesIn(settings));
  const { backing, dynamics, marketo } = systems;
  await prepare({ dynamics });
  await dynamics.createRows('lead', seed.leads ?? []);
  await dynamics.createRows('contact', seed.contacts ?? []);
  await marketo.createPersons(seed.persons ?? []);
  const { topicPrefix } = backing;
  const services = await createServices({
    ...systems.settings,
    // The tables that the reconciler consumes.
    DYNAMICS_TABLES: 'lead,contact',
    WRITE_TO_DYNAMICS: 'on',
    WRITE_TO_MARKETO: 'on',
    // Tests edit few people often.
    WRITE_BRAKE: 'off',
    ...paceOf(pace),
    MATCH_BY_EMAIL: String(matchByEmail),
    ...settings,
  });
  closers.push(() => services.close());
  const processes = await startAll(services);
  const parts = {
    ...backing,
    mongodbDatabase: topicPrefix,
    matchByEmail,
    dynamics,
    marketo,
    processes,
    services,
  };
  return {
    ...parts,
    waitUntilInSync: ({ timeoutMs = 30_000, quietMs = 1_000 } = {}) =>
      waitUntilInSync(parts, timeoutMs, quietMs),
    close: () => closeInReverse(closers),
  };
}

type Watched = Pick<Lockstep, 'dynamics' | 'marketo' | 'matchByEmail' | 'services'>;

const pollIntervalMs = 200;
const sentencesMax = 10;

async function waitUntilInSync(watched: Watched, timeoutMs: number, quietMs: number): Promise<void> {
  const startedAtMs = performance.now();
  let seen = '';
  let movedAtMs = startedAtMs;
  for (;;) {
    const nowMs = performance.now();
    await watched.services.assertRunning();
    const last = [await watched.dynamics.control.lastState(), await watched.marketo.control.lastState()];
    if (last.join() !== seen) movedAtMs = nowMs;
    seen = last.join();
    if (nowMs - movedAtMs >= quietMs && (await differencesBetween(watched)).length === 0) return;
    if (nowMs - startedAtMs > timeoutMs) throw await notInSync(watched, timeoutMs);
    await sleep(pollIntervalMs);
  }
}

async function notInSync(watched: Watched, timeoutMs: number): Promise<Error> {
  const differences = await differencesBetween(watched);
  const shown = differences.slice(0, sentencesMax).join('\n');
  const first = `not in sync and quiet after ${timeoutMs / 1_000} s; ${differences.length} differences:`;
  return new Error(`${first}\n${shown}\n${await watched.services.lastLines()}`);
}
