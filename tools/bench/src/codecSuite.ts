import {
  createCodec,
  createMessageCodec,
  subjectSchemas,
  topics,
  topicSchemas,
} from '@lockstep/change-events';
import type { ChangeEvent, MessageCodec } from '@lockstep/change-events';
import avsc from 'avsc';
import { makeLeadEvents } from './leadEvents.ts';
import { measure, type Contest, type Measurement, type Rounds } from './measure.ts';
import { schemaIdsInMemory } from './schemaIdsInMemory.ts';

const topic = topics.dynamicsChanges('lead');
const batchSize = 100;
const headerBytes = 5;
const unit = 'events/s';
/** A tenth of what one slow core does. */
const defaultCeilingMin = 5_000;

export type CodecSuiteOptions = Rounds & { readonly ceilingMin?: number };

/**
 * Encodes and decodes events of `dynamics.lead.changes`. The ceiling is avsc alone on the same values, already in
 * Avro's own form: what is missing to it is the price of exact values, framing and schema look-up.
 */
export async function runCodecSuite(options: CodecSuiteOptions): Promise<readonly Measurement[]> {
  const events = makeLeadEvents(batchSize);
  const codec = createMessageCodec(createCodec(schemaIdsInMemory(), subjectSchemas(topicSchemas())));
  const messages = await Promise.all(events.map(async (event) => codec.encode(topic, event)));
  const contests = contestsOf({ codec, events, messages }, options.ceilingMin ?? defaultCeilingMin);
  const measurements: Measurement[] = [];
  for (const contest of contests) measurements.push(await measure(contest, options));
  return measurements;
}

type Material = {
  readonly codec: MessageCodec;
  readonly events: readonly ChangeEvent[];
  readonly messages: readonly Buffer[];
};

function contestsOf({ codec, events, messages }: Material, ceilingMin: number): readonly Contest[] {
  const type = avsc.Type.forSchema(topicSchemas().get(topic) as Parameters<typeof avsc.Type.forSchema>[0]);
  const bodies = messages.map((message) => message.subarray(headerBytes));
  const plain = bodies.map((body): unknown => type.fromBuffer(body));
  const texts = events.map((event) => JSON.stringify(event));
  const encodeBare = each(plain, (value) => type.toBuffer(value));
  const decodeBare = each(bodies, (body) => type.fromBuffer(body) as unknown);
  const contest = (name: string, subject: Contest['subject'], ceiling: Contest['ceiling']): Contest => ({
    name,
    unit,
    subject,
    ceiling,
    ceilingMin,
  });
  return [
    contest(
      'encode',
      each(events, (event) => codec.encode(topic, event)),
      encodeBare,
    ),
    contest(
      'decode',
      eachAwaited(messages, (message) => codec.decode(topic, message)),
      decodeBare,
    ),
    contest(
      'JSON.stringify, to compare',
      each(events, (event) => JSON.stringify(event)),
      encodeBare,
    ),
    contest(
      'JSON.parse, to compare',
      each(texts, (text) => JSON.parse(text) as unknown),
      decodeBare,
    ),
  ];
}

function each<Item>(items: readonly Item[], work: (item: Item) => unknown): () => number {
  return () => {
    for (const item of items) work(item);
    return items.length;
  };
}

function eachAwaited<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>) {
  return async (): Promise<number> => (await Promise.all(items.map(work))).length;
}
