import { randomUUID } from 'node:crypto';
import { extractorTopics } from '@lockstep/change-events';
import { applyTopics, createKafkaClient } from '@lockstep/kafka';
import { startLocalStack } from '@lockstep/local-stack';
import { startChild, type Child } from './childProcess.ts';
import { startEmulatorProcess, type EmulatorProcess } from './emulatorProcess.ts';
import type { ExtractAnswer, ExtractTask } from './extractWorker.ts';
import { pagePreference } from './leadPages.ts';

/** An emulator with rows, a broker and a registry, each in a process of its own. */
export type ExtractStage = {
  readonly emulator: EmulatorProcess;
  /** The product's extraction in a process of its own. */
  startWorker(): Promise<Child>;
  /** Prefixes whose topics are there and empty; made ahead, because a busy broker needs a while to lead new ones. */
  freshPrefixes(count: number): Promise<readonly string[]>;
  close(): Promise<void>;
};

export const pageSize = 5_000;

export async function openExtractStage(): Promise<ExtractStage> {
  const stack = await startLocalStack();
  const emulator = await startEmulatorProcess(pagePreference(pageSize));
  const kafka = createKafkaClient({ brokers: stack.kafkaBrokers.split(','), clientId: 'lockstep-bench' });
  return {
    emulator,
    startWorker: () =>
      startChild({
        file: 'tools/bench/src/extractWorker.ts',
        beside: { pageThread: 'apps/extractor/src/pageThread.ts' },
        environment: {
          ...emulator.values,
          KAFKA_BROKERS: stack.kafkaBrokers,
          SCHEMA_REGISTRY_URL: stack.schemaRegistryUrl,
        },
        lastName: 'WORKER',
      }),
    async freshPrefixes(count) {
      const prefixes = Array.from({ length: count }, () => `bench-${randomUUID().slice(0, 8)}`);
      for (const prefix of prefixes)
        await applyTopics({ kafka, prefix, definitions: extractorTopics(['lead']) });
      return prefixes;
    },
    async close() {
      await emulator.close();
      await stack.close();
    },
  };
}

type Counted = Extract<ExtractAnswer, { readonly rows: number }>;

export async function ask(worker: Child, task: ExtractTask): Promise<Counted> {
  const answer = (await worker.ask(task)) as ExtractAnswer;
  if ('rows' in answer) return answer;
  throw new Error('failure' in answer ? answer.failure : 'the worker answered something else');
}
