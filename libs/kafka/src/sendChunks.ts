import type { Transaction } from 'kafkajs';
import type { Chunk } from './outgoingRecords.ts';

/** Making a chunk failed; what was sent before is confirmed, so that the transaction can be aborted and forgotten. */
export class SourceFailure extends Error {
  constructor(cause: unknown) {
    super('a chunk could not be made', { cause });
    this.name = 'SourceFailure';
  }
}

type Chunks = AsyncIterator<Chunk> | Iterator<Chunk>;

/** Sends `first` and all that follow in order: each is made while the one before is on its way. */
export async function sendChunks(
  transaction: Transaction,
  first: IteratorResult<Chunk>,
  following: Chunks,
): Promise<void> {
  for (let chunk = first; !chunk.done;) {
    const sending = transaction.sendBatch({ topicMessages: [...chunk.value], acks: -1 });
    sending.catch(() => undefined);
    // Now kafkajs has written the request.
    await new Promise((resolve) => setImmediate(resolve));
    const made = makeNext(following);
    made.catch(() => undefined);
    await sending;
    chunk = await made;
  }
}

/** Throws SourceFailure. */
export async function makeNext(chunks: Chunks): Promise<IteratorResult<Chunk>> {
  try {
    return await chunks.next();
  } catch (cause) {
    throw new SourceFailure(cause);
  }
}
