import { setTimeout as sleep } from 'node:timers/promises';
import avro from 'avro-js';
import { Kafka, logLevel } from 'kafkajs';
import { startLockstep, type Lockstep } from './startLockstep.ts';

/** What this reader relies on: Confluent's wire format, the registry's HTTP API, and Apache's own Avro library. */
const headerBytes = 5;
const leadCount = 40;

let lockstep: Lockstep;

beforeAll(async () => {
  const leads = Array.from({ length: leadCount }, (_, at) => ({
    subject: `Topic ${at}`,
    firstname: `Zoë ${at}`,
    lastname: 'Reader',
    emailaddress1: `reader${at}@example.org`,
    donotphone: at % 2 === 0,
    leadsourcecode: 8,
  }));
  lockstep = await startLockstep({ seed: { leads } });
  await lockstep.waitUntilInSync();
});
afterAll(() => lockstep.close());

type Decoded = {
  operation: { string: string };
  fields: Record<string, Record<string, unknown> | null> | null;
};

async function decode(bytes: Buffer): Promise<Decoded> {
  const id = bytes.readUInt32BE(1);
  const answer = await fetch(`${lockstep.schemaRegistryUrl}/schemas/ids/${id}`);
  const { schema } = (await answer.json()) as { schema: string };
  return avro.parse(JSON.parse(schema)).fromBuffer(bytes.subarray(headerBytes)) as Decoded;
}

const quietMs = 1_500;

/** Reads the topic from its beginning until nothing more comes: the last event per key; a tombstone takes its key away. */
async function rebuildTable(topic: string): Promise<Map<string, Decoded>> {
  const kafka = new Kafka({ brokers: lockstep.kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `independent-${topic}` });
  const table = new Map<string, Decoded>();
  let readAtMs: number | null = null;
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message: { key, value } }) => {
      if (value === null) table.delete(String(key));
      else table.set(String(key), await decode(value));
      readAtMs = performance.now();
    },
  });
  while (readAtMs === null || performance.now() - readAtMs < quietMs) await sleep(100);
  await consumer.disconnect();
  return table;
}

it('rebuilds the table from the topic with another Avro library, and finds what Dynamics holds', async () => {
  const { dynamics, topicPrefix } = lockstep;
  const [gone, edited] = await dynamics.rows('lead');
  await dynamics.deleteRow('lead', String(gone?.['leadid']));
  await dynamics.editRow('lead', String(edited?.['leadid']), { firstname: 'Żaneta', donotphone: true });
  await lockstep.waitUntilInSync();

  const table = await rebuildTable(`${topicPrefix}.dynamics.lead.changes`);

  const rows = await dynamics.rows('lead');
  expect(rows).toHaveLength(leadCount - 1);
  expect([...table.keys()].sort()).toEqual(rows.map((row) => String(row['leadid'])).sort());
  for (const row of rows) {
    const fields = table.get(String(row['leadid']))?.fields;
    expect(JSON.stringify(fields)).toContain(String(row['firstname']));
    expect(JSON.stringify(fields)).toContain(`"emailaddress1":{"string":"${String(row['emailaddress1'])}"}`);
    expect(JSON.stringify(fields)).toContain(`"donotphone":{"boolean":${String(row['donotphone'])}}`);
  }
});
