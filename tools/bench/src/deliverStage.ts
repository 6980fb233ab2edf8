import { randomUUID } from 'node:crypto';
import {
  createCodec,
  createMessageCodec,
  personFields,
  subjectSchemas,
  topicSchemas,
} from '@lockstep/change-events';
import { createEventLog, createKafkaClient } from '@lockstep/kafka';
import { createMarketo, type Marketo } from '@lockstep/marketo';
import { openMongoStores, type MongoStores } from '@lockstep/mongodb';
import type { EventLog } from '@lockstep/ports';
import { createSchemaIds } from '@lockstep/schema-registry';
import { systemClock } from '@lockstep/service-runtime';
import {
  closeInReverse,
  createControlApi,
  openBacking,
  type Closers,
  type ControlApi,
} from '@lockstep/testing';
import { startChild } from './childProcess.ts';

/** The local stack, an emulated Marketo in a process of its own, and what the delivery needs of both. */
export type DeliverStage = {
  readonly control: ControlApi;
  readonly marketo: Marketo;
  readonly log: EventLog;
  readonly stores: MongoStores;
  /** Stores of an empty database on the same server. */
  emptyStores(): Promise<MongoStores>;
  close(): Promise<void>;
};

/** The limits are the contract's (100 calls in 20 s, 10 at once), and we take all of them: `share` is 1. */
export async function openDeliverStage(): Promise<DeliverStage> {
  const closers: Closers = [];
  try {
    const { topicPrefix: prefix, ...addresses } = await openBacking(closers);
    const child = await startChild({
      file: 'tools/marketo-emulator/src/main.ts',
      environment: { MARKETO_EMULATOR_CONTROL: 'true' },
      lastName: 'MARKETO_CLIENT_SECRET',
    });
    closers.push(child.stop);
    const {
      MARKETO_URL: url = '',
      MARKETO_CLIENT_ID: id = '',
      MARKETO_CLIENT_SECRET: secret = '',
    } = child.values;
    const control = createControlApi(url);
    // Bodies of 300 records are not kept in the log of calls; nothing else differs from a new emulator.
    await control.post('settings', { callBodyCharsMax: 1_000_000 });
    const marketo = createMarketo({
      ...{ url, clientId: id, clientSecret: secret },
      fields: personFields,
      share: 1,
      clock: systemClock,
    });
    closers.push(() => marketo.close());
    const emptyStores = async (): Promise<MongoStores> => {
      const stores = await openMongoStores({
        url: addresses.mongodbUrl,
        database: `bench-${randomUUID().slice(0, 8)}`,
      });
      closers.push(() => stores.close());
      return stores;
    };
    const log = openLog(addresses, prefix);
    return {
      control,
      marketo,
      log,
      stores: await emptyStores(),
      emptyStores,
      close: () => closeInReverse(closers),
    };
  } catch (error) {
    await closeInReverse(closers);
    throw error;
  }
}

type Addresses = { readonly kafkaBrokers: string; readonly schemaRegistryUrl: string };

function openLog({ kafkaBrokers, schemaRegistryUrl }: Addresses, prefix: string): EventLog {
  const kafka = createKafkaClient({ brokers: kafkaBrokers.split(','), clientId: 'lockstep-bench' });
  const schemaIds = createSchemaIds({ url: schemaRegistryUrl, autoRegister: true });
  const codec = createMessageCodec(createCodec(schemaIds, subjectSchemas(topicSchemas(), prefix)), prefix);
  return createEventLog({ kafka, codec, prefix, instanceId: prefix });
}
