import { randomUUID } from 'node:crypto';
import { extractorTopics, tableDefinitions, type TableDefinition } from '@lockstep/change-events';
import { applyTopics, createKafkaClient } from '@lockstep/kafka';
import { startLocalStack } from '@lockstep/local-stack';
import { startChild, type Child } from './childProcess.ts';
import { startEmulatorProcess, type EmulatorProcess } from './emulatorProcess.ts';
import type { ExtractAnswer, ExtractTask } from './extractWorker.ts';
import { firstAddress, pagePreference } from './leadPages.ts';
import { median, type Measurement, type Rounds } from './measure.ts';

export type ExtractSuiteOptions = Rounds & {
  readonly rows?: number;
  readonly ceilingMin?: number;
  /** Peak memory for these rows and for a tenth of them, instead of the rate. */
  readonly memory?: boolean;
};

/** An emulator with rows, a broker and a registry, each in a process of its own. */
export type ExtractStage = {
  readonly emulator: EmulatorProcess;
  /** The product's extraction in a process of its own. */
  startWorker(): Promise<Child>;
  /** A prefix whose topics are there and empty. */
  freshPrefix(): Promise<string>;
  close(): Promise<void>;
};

export const pageSize = 5_000;
const defaultRows = 100_000;
/** What the emulator must serve, for the run to say anything about the extractor. */
const servedMin = 60_000;

export async function openExtractStage(): Promise<ExtractStage> {
  const stack = await startLocalStack();
  const emulator = await startEmulatorProcess(pagePreference(pageSize));
  const kafka = createKafkaClient({ brokers: stack.kafkaBrokers.split(','), clientId: 'lockstep-bench' });
  return {
    emulator,
    startWorker: () =>
      startChild({
        file: 'tools/bench/src/extractWorker.ts',
        environment: {
          ...emulator.values,
          KAFKA_BROKERS: stack.kafkaBrokers,
          SCHEMA_REGISTRY_URL: stack.schemaRegistryUrl,
        },
        lastName: 'WORKER',
      }),
    async freshPrefix() {
      const prefix = `bench-${randomUUID().slice(0, 8)}`;
      await applyTopics({ kafka, prefix, definitions: extractorTopics(['lead']) });
      return prefix;
    },
    async close() {
      await emulator.close();
      await stack.close();
    },
  };
}

export async function ask(worker: Child, task: ExtractTask): Promise<{ rows: number; elapsedMs: number }> {
  const answer = (await worker.ask(task)) as ExtractAnswer;
  if ('rows' in answer) return answer;
  throw new Error('failure' in answer ? answer.failure : 'the worker answered something else');
}

const rateOf = ({ rows, elapsedMs }: { rows: number; elapsedMs: number }): number =>
  (rows * 1_000) / elapsedMs;

type Rates = {
  readonly served: number;
  readonly parsed: number;
  readonly sent: number;
  readonly loaded: number;
};

/** Every kind once, so that whatever slows the machine down slows all of them. */
async function measureRound(stage: ExtractStage, worker: Child, record: boolean): Promise<Rates> {
  const address = `${stage.emulator.values['DATAVERSE_URL']}/api/data/v9.2/${firstAddress(tableDefinitions['lead'] as TableDefinition)}`;
  const loaded = await ask(worker, { task: 'load', prefix: await stage.freshPrefix(), record });
  const sent = await ask(worker, { task: 'send', prefix: await stage.freshPrefix() });
  const { token } = stage.emulator;
  const parsed = await ask(worker, { task: 'parse', address, token, pageSize });
  const fetched = await ask(worker, { task: 'fetch', address, token, pageSize });
  return {
    loaded: rateOf(loaded),
    sent: rateOf(sent),
    parsed: rateOf(parsed),
    served: rateOf(fetched),
  };
}

/**
 * The first load of one table, from the first request to the commit of its last page, by the product's own loop. The
 * ceiling is the slower of two things it cannot do without, done alone in the same process: fetching, inflating and
 * parsing the pages, and sending the very bytes it publishes in transactions of the same size.
 */
export async function runExtractSuite(options: ExtractSuiteOptions): Promise<readonly Measurement[]> {
  const stage = await openExtractStage();
  try {
    await stage.emulator.control('generate', { table: 'lead', count: options.rows ?? defaultRows });
    const worker = await stage.startWorker();
    await measureRound(stage, worker, true);
    const rounds: Rates[] = [];
    for (let round = 0; round < options.rounds; round += 1)
      rounds.push(await measureRound(stage, worker, false));
    await worker.stop();
    return measurementsOf(rounds, options.ceilingMin);
  } finally {
    await stage.close();
  }
}

function measurementsOf(rounds: readonly Rates[], ceilingMin = servedMin): readonly Measurement[] {
  const of = (kind: keyof Rates) => median(rounds.map((round) => round[kind]));
  const ceiling = Math.min(of('parsed'), of('sent'));
  const measurement = (name: string, value: number, most: number, least: number): Measurement => ({
    name,
    unit: 'rows/s',
    value,
    ceiling: most,
    ceilingMin: least,
  });
  return [
    measurement('first load of one table', of('loaded'), ceiling, 0),
    measurement('ceiling: fetch, inflate, parse', of('parsed'), of('parsed'), 0),
    measurement('ceiling: transactional sends of the same bytes', of('sent'), of('sent'), 0),
    measurement('emulator, bytes not looked at', of('served'), of('served'), ceilingMin),
  ];
}
