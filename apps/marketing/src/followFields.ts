import { tableDefinitions, topics, topicSchemas, type FieldDefinition } from '@lockstep/change-events';
import type { MessageCodec } from '@lockstep/change-events';
import type { Marketo } from '@lockstep/marketo';
import type { Clock } from '@lockstep/ports';
import { marketoFields, type RulesSource } from '@lockstep/rules';
import { reasonOf, type Log } from '@lockstep/service-runtime';

const [intervalMs, retryMs] = [5000, 60_000];
const personTopics = [topics.marketingChanges('lead'), topics.marketingChanges('contact')];

type Fields = readonly FieldDefinition[];

export type FieldsParts = {
  readonly rules: RulesSource;
  readonly marketo: Pick<Marketo, 'readFields'>;
  readonly codec: Pick<MessageCodec, 'define'>;
  readonly clock: Clock;
  readonly log: Log;
};

/** What is read of persons: what the rules say, without a restart when they say otherwise (F-15, G-15). */
export type FieldsWatch = {
  /** Takes the changes of the file until `signal`; other fields count once the topics of persons know them. */
  follow(signal: AbortSignal): Promise<void>;
  /** Has `serve` run until `signal`, each time by the fields that count; what it throws ends it. */
  serve(serve: (fields: Fields, signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
};

/** `opened` are the fields that Marketo and the topics were opened with. */
export function watchFields(parts: FieldsParts, opened: Fields): FieldsWatch {
  const { rules, marketo, clock, log } = parts;
  let ready = opened;
  let changed = new AbortController();

  const look = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(intervalMs, signal);
      const next = marketoFields(rules.current());
      if (signal.aborted || isSame(next, ready)) continue;
      if (!(await define(parts, next))) {
        await clock.sleep(retryMs, signal);
        continue;
      }
      ready = next;
      changed.abort();
    }
  };
  const onRefused = (faults: readonly string[]): void =>
    log.error({ code: 'CONFIG_INVALID', faults }, 'The changed rules are refused; the former ones go on.');

  return {
    follow: async (signal) => {
      await Promise.all([
        rules.follow({ clock, onChanged: () => undefined, onRefused }, signal),
        look(signal),
      ]);
    },
    serve: async (serve, signal) => {
      let inForce = opened;
      while (!signal.aborted) {
        changed = new AbortController();
        const fields = ready;
        if (fields !== inForce) {
          marketo.readFields(fields);
          log.info({ fields: fields.length }, 'Persons are read by the fields of the changed rules.');
        }
        inForce = fields;
        await serve(fields, AbortSignal.any([signal, changed.signal]));
      }
    },
  };
}

const isSame = (left: Fields, right: Fields): boolean => JSON.stringify(left) === JSON.stringify(right);

/** False when the registry does not take the fields, or does not answer: then the former ones go on. */
async function define({ codec, log }: FieldsParts, fields: Fields): Promise<boolean> {
  const schemas = topicSchemas(tableDefinitions, fields);
  try {
    for (const topic of personTopics) await codec.define(topic, schemas.get(topic) ?? 'null');

    return true;
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, 'Other fields of persons do not count yet; it is tried again.');

    return false;
  }
}
