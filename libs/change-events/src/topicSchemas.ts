import { goldenEntities, topics } from './topics.ts';
import { tableDefinitions } from './tables.ts';
import { personFields } from './persons.ts';
import type { FieldDefinition, TableDefinition } from './fields.ts';
import type { AvroSchema } from './avroTypes.ts';
import { checkpointSchema, controlSchema, deadLetterSchema, noticeSchema } from './operationSchemas.ts';
import {
  changeEventSchema,
  deliveryOutcomeSchema,
  goldenEventSchema,
  inboxSchema,
  requestSchema,
  writeCommandSchema,
} from './schemas.ts';

/** What values of a topic, named without prefix, are written with. */
export type TopicSchema = readonly [topic: string, schema: AvroSchema];

/** That of the rows of a table of Dynamics with these columns. */
export const tableSchema = (table: string, fields: readonly FieldDefinition[]): TopicSchema => [
  topics.dynamicsChanges(table),
  changeEventSchema(`lockstep.dynamics.${table}`, fields),
];

/** The value schema of every topic that is written today, by topic name without prefix. */
export function topicSchemas(
  tables: Readonly<Record<string, TableDefinition>> = tableDefinitions,
  persons: readonly FieldDefinition[] = personFields,
): ReadonlyMap<string, AvroSchema> {
  return new Map<string, AvroSchema>([
    ...Object.values(tables).map(({ table, fields }) => tableSchema(table, fields)),
    [topics.marketingChanges('lead'), changeEventSchema('lockstep.marketing.lead', persons)],
    [topics.marketingChanges('contact'), changeEventSchema('lockstep.marketing.contact', persons)],
    ...goldenEntities.map((entity) => [topics.goldenChanges(entity), goldenEventSchema(entity)] as const),
    [topics.inbox, inboxSchema],
    [topics.inboxBackfill, inboxSchema],
    [topics.writes, writeCommandSchema],
    [topics.writesBackfill, writeCommandSchema],
    [topics.outcomes, deliveryOutcomeSchema],
    [topics.requests, requestSchema],
    [topics.checkpoints, checkpointSchema],
    [topics.control, controlSchema],
    [topics.notices, noticeSchema],
    [topics.deadLetters, deadLetterSchema],
  ]);
}
