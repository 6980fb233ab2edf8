import type { EventLogSettings } from './consumeSettings.ts';
import { readTopic } from './readTopic.ts';

/** The last value per key of `topic` (without prefix), tombstones removed. `readNumber` is the read's own. */
export async function readLatest(
  settings: EventLogSettings,
  topic: string,
  readNumber: number,
): Promise<ReadonlyMap<string, unknown>> {
  const values = new Map<string, Buffer>();
  await readTopic(settings, {
    topic,
    readNumber,
    onBatch(messages) {
      for (const { key, value } of messages) {
        const name = key?.toString() ?? '';
        if (value === null) values.delete(name);
        else values.set(name, value);
      }
    },
  });
  return decodeAll(settings, topic, values);
}

async function decodeAll(
  { codec }: EventLogSettings,
  topic: string,
  values: ReadonlyMap<string, Buffer>,
): Promise<Map<string, unknown>> {
  const entries = [...values].map(async ([key, bytes]) => [key, await codec.decode(topic, bytes)] as const);
  return new Map(await Promise.all(entries));
}
