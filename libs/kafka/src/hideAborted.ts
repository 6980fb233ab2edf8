import Broker from 'kafkajs/src/broker/index.js';

/** A record as kafkajs has decoded it; numbers are texts. */
export type FetchedMessage = {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
  isControlRecord: boolean;
};

/** The part of an answer to Fetch that is about one partition. */
export type FetchedPartition = {
  readonly messages: readonly FetchedMessage[];
  abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[] | null;
};

/** Version 0, type 0; the marker of a commit has type 1. */
const abortMarker = Buffer.from([0, 0, 0, 0]);

/**
 * Marks what was aborted as control records, which kafkajs shows to nobody, as Kafka's own clients find it. kafkajs takes the
 * transactions to be told in the order in which they began, while a broker tells them in the order in which they ended: of two that
 * overlap it showed the first messages of the one that ended later.
 */
export function hideAborted(partition: FetchedPartition): void {
  const waiting = (partition.abortedTransactions ?? [])
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
    .sort((one, other) => (one.firstOffset < other.firstOffset ? -1 : 1));
  if (waiting.length === 0) return;
  const aborted = new Set<string>();
  for (const message of partition.messages) {
    const offset = BigInt(message.offset);
    for (let next = waiting[0]; next && next.firstOffset <= offset; next = waiting[0]) {
      aborted.add(next.producerId);
      waiting.shift();
    }
    hide(message, aborted);
  }
  partition.abortedTransactions = null;
}

function hide(message: FetchedMessage, aborted: Set<string>): void {
  const { producerId, inTransaction } = message.batchContext;
  if (!message.isControlRecord) message.isControlRecord = inTransaction && aborted.has(producerId);
  else if (message.key?.equals(abortMarker)) aborted.delete(producerId);
}

const { fetch: fetchAll } = Broker.prototype;

/** Every client of this process reads so; kafkajs offers no place for it. */
Broker.prototype.fetch = async function fetchCommitted(this: Broker, request: unknown) {
  const answer = await fetchAll.call(this, request);
  for (const { partitions } of answer.responses) partitions.forEach(hideAborted);

  return answer;
};
