import { fateOf, isSyncError, topicName, topics, type Fate } from '@lockstep/change-events';

/**
 * What is wrong with one record would be parked by itself, and what is wrong with one table stops nobody: a table of which
 * nothing goes on waits, and the others go on. A schema that all tables need is no table's own.
 */
export function tableFate(error: unknown, table: string, prefix: string): Fate {
  const fate = fateOf(error);
  const subject = `${topicName(prefix, topics.dynamicsChanges(table))}-value`;
  const isOwnSchema =
    isSyncError(error, 'SCHEMA_MISSING', 'SCHEMA_INCOMPATIBLE') && error.details['subject'] === subject;

  return fate === 'PARK' || isOwnSchema ? 'RETRY' : fate;
}
