import { isSyncError, SyncError, topics } from '@lockstep/change-events';
import type { OutgoingMessage, Publisher } from '@lockstep/ports';
import { rowDeadLetter } from '../deadLetters.ts';

/** A page with more of them is no page with a bad row but a schema that is wrong. */
const unencodableMax = 100;
/** A row that is too long for its topic is too long for the dead letters as well. */
const bytesMax = 256 * 1024;

/**
 * Publishes a page; an event that cannot be encoded goes to the dead letters in its place and the rest goes on. Answers what
 * was published.
 */
export async function publishPage(
  publisher: Publisher,
  page: readonly OutgoingMessage[],
  { table, nowMs }: { readonly table: string; readonly nowMs: number },
): Promise<readonly OutgoingMessage[]> {
  let messages = page;
  for (let tries = 0; tries <= unencodableMax; tries += 1) {
    const failure = await publishOnce(publisher, messages, table);
    if (failure === null) return messages;
    messages = messages.map((message) =>
      isMeant(message, failure, table) ? letterOf(message, failure, { table, nowMs }) : message,
    );
  }
  throw new SyncError('EVENT_UNENCODABLE', { table, reason: `more than ${unencodableMax} in one page` });
}

async function publishOnce(
  publisher: Publisher,
  messages: readonly OutgoingMessage[],
  table: string,
): Promise<SyncError | null> {
  try {
    await publisher.publish(messages);
    return null;
  } catch (error) {
    if (!isSyncError(error, 'EVENT_UNENCODABLE')) throw error;
    if (!messages.some((message) => isMeant(message, error, table))) throw error;
    return error;
  }
}

/** The event that the broker's side could not take; its tombstone, if any, has nothing to encode. */
function isMeant({ topic, key, value }: OutgoingMessage, { details }: SyncError, table: string): boolean {
  return value !== null && topic === topics.dynamicsChanges(table) && key === details['key'];
}

function letterOf(
  { key, value }: OutgoingMessage,
  { details }: SyncError,
  { table, nowMs }: { readonly table: string; readonly nowMs: number },
): OutgoingMessage {
  const field = typeof details['field'] === 'string' ? details['field'] : null;
  const bytes = Buffer.from(JSON.stringify(value)).subarray(0, bytesMax);

  return rowDeadLetter(table, { id: key, field, code: 'EVENT_UNENCODABLE', bytes }, nowMs);
}
