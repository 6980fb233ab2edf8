import {
  PackedEvent,
  createCodec,
  createMessageCodec,
  subjectSchemas,
  tableDefinitions,
  topicSchemas,
  type Checkpoint,
  type MessageCodec,
} from '@lockstep/change-events';
import { createDynamics, startPageThread } from '@lockstep/dynamics';
import { createEventLog, createKafkaClient } from '@lockstep/kafka';
import { openTableExtractor } from '@lockstep/pipelines';
import type { EventLog, OutgoingMessage } from '@lockstep/ports';
import { createSchemaIds } from '@lockstep/schema-registry';
import { systemClock } from '@lockstep/service-runtime';
import type { SentPage } from './rawSender.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The product's own extraction of one table, without lease and metrics. */
export type FirstLoad = {
  /** Runs until the last page is committed; resolves with the rows. */
  run(): Promise<number>;
  /** True when the read was a resync: the place of the table was lost before. */
  isResync(): boolean;
  /** What was published, page by page, in bytes. */
  sent(): readonly SentPage[];
  close(): Promise<void>;
};

const pageSizeMax = 5_000;
const recordedPagesMax = 20;

function openDynamics(env: Environment) {
  return createDynamics({
    url: env['DATAVERSE_URL'] ?? '',
    tenantId: env['DATAVERSE_TENANT_ID'] ?? '',
    tokenAuthority: env['DATAVERSE_TOKEN_AUTHORITY'] ?? '',
    clientId: env['DATAVERSE_CLIENT_ID'] ?? '',
    clientSecret: env['DATAVERSE_CLIENT_SECRET'] ?? '',
    ...(env['DATAVERSE_CA_FILE'] !== undefined && { caFile: env['DATAVERSE_CA_FILE'] }),
    pageSizeMax,
    pageThread: { start: () => startPageThread(new URL('./pageThread.mjs', import.meta.url)) },
  });
}

/** One for all loads, as a service has: its thread is warm after the first. */
let dynamicsOfProcess: ReturnType<typeof openDynamics> | null = null;

/** Keeps a copy of the first pages that are published, for the ceiling that sends the same bytes. */
function recording(log: EventLog, codec: MessageCodec, pages: SentPage[]): EventLog {
  const bytesOf = (topic: string, value: unknown) =>
    value instanceof PackedEvent ? value.message() : codec.encode(topic, value);
  const copy = async ({ topic, key, value }: OutgoingMessage) => ({
    topic,
    key,
    value: value === null ? null : Buffer.from(await bytesOf(topic, value)),
  });
  return {
    ...log,
    async openPublisher(id) {
      const publisher = await log.openPublisher(id);
      return {
        ...publisher,
        async publish(messages) {
          const page = [...messages];
          if (pages.length < recordedPagesMax) pages.push(await Promise.all(page.map(copy)));
          await publisher.publish(page);
        },
      };
    },
  };
}

type Progress = { rows: number; isLoaded: boolean; isResync: boolean };

function follow(progress: Progress, { rowsDone, phase }: Checkpoint): void {
  progress.rows = rowsDone;
  progress.isLoaded = phase === 'STREAMING';
  progress.isResync ||= phase === 'RESYNC';
}

/** `isRecorded` costs time and memory: such a load is not measured. */
export async function openFirstLoad(
  env: Environment,
  prefix: string,
  isRecorded: boolean,
): Promise<FirstLoad> {
  const kafka = createKafkaClient({
    brokers: (env['KAFKA_BROKERS'] ?? '').split(','),
    clientId: 'lockstep-bench',
  });
  const schemaIds = createSchemaIds({ url: env['SCHEMA_REGISTRY_URL'] ?? '', autoRegister: true });
  const schemas = subjectSchemas(topicSchemas(), prefix);
  const codec = createMessageCodec(createCodec(schemaIds, schemas), prefix);
  const log = createEventLog({ kafka, codec, prefix, instanceId: prefix });
  const pages: SentPage[] = [];
  const columns = (tableDefinitions['lead']?.fields ?? []).map(({ name }) => name);
  const progress = { rows: 0, isLoaded: false, isResync: false };
  const dynamics = await (dynamicsOfProcess ??= openDynamics(env));
  const extractor = await openTableExtractor({
    table: 'lead',
    reader: dynamics,
    describe: (signal) => dynamics.describe({ table: 'lead', columns }, signal),
    origin: env['DATAVERSE_URL'] ?? '',
    log: isRecorded ? recording(log, codec, pages) : log,
    lease: { isHeld: () => true },
    clock: systemClock,
    versionEpoch: 1,
    pageSizeMax,
    backfillGroup: null,
    pollIntervalMinMs: 500,
    pollIntervalMaxMs: 500,
    onPublished: (checkpoint) => follow(progress, checkpoint),
  });
  return {
    async run() {
      const { signal } = new AbortController();
      while (!progress.isLoaded) await extractor.step(signal);
      return progress.rows;
    },
    isResync: () => progress.isResync,
    sent: () => pages,
    close: () => extractor.close(),
  };
}
