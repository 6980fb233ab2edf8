import { topics, type FieldDefinition } from '@lockstep/change-events';
import { createMarketo, type Marketo } from '@lockstep/marketo';
import { systemClock } from '@lockstep/service-runtime';
import type { Config } from './config.ts';

/** What the service reads and writes. */
export const ownTopics: ReadonlySet<string> = new Set([
  topics.marketingChanges('lead'),
  topics.marketingChanges('contact'),
  topics.writes,
  topics.writesBackfill,
  topics.outcomes,
  topics.requests,
  topics.checkpoints,
  topics.control,
  topics.notices,
  topics.deadLetters,
]);

/** How the broker logs this service. */
export const clientId = 'lockstep-marketing';

/** The instance of the settings, of whose persons these fields are read. */
export function openMarketo(config: Config, fields: readonly FieldDefinition[]): Marketo {
  return createMarketo({
    url: config.marketoUrl,
    clientId: config.marketoClientId,
    clientSecret: config.marketoClientSecret,
    fields,
    feedField: config.marketoRequestField,
    share: config.marketoShare,
    callsPer20s: config.marketoCallsPer20s,
    concurrentMax: config.marketoConcurrentMax,
    callsPerDay: config.marketoCallsPerDay,
    clock: systemClock,
  });
}
