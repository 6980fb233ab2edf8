import { isSyncError, SyncError, type ErrorCode } from '@lockstep/change-events';

const codeByType: Readonly<Record<string, ErrorCode>> = {
  INVALID_PRODUCER_EPOCH: 'KAFKA_FENCED',
  PRODUCER_FENCED: 'KAFKA_FENCED',
  INVALID_PRODUCER_ID_MAPPING: 'KAFKA_FENCED',
  UNKNOWN_PRODUCER_ID: 'KAFKA_FENCED',
  INVALID_TXN_STATE: 'KAFKA_FENCED',
  TRANSACTION_COORDINATOR_FENCED: 'KAFKA_FENCED',
  UNKNOWN_TOPIC_OR_PARTITION: 'TOPIC_MISSING',
  INVALID_TOPIC_EXCEPTION: 'TOPIC_MISSING',
  MESSAGE_TOO_LARGE: 'INTERNAL',
  RECORD_LIST_TOO_LARGE: 'INTERNAL',
  INVALID_RECORD: 'INTERNAL',
};

const causesMax = 5;

/** kafkajs wraps what the broker said several times over; the innermost error with a type tells. */
export function brokerReason(error: unknown): string | null {
  let current = error as { type?: unknown; cause?: unknown } | null | undefined;
  for (let depth = 0; depth < causesMax && current; depth++) {
    if (typeof current.type === 'string') return current.type;
    current = current.cause as typeof current;
  }
  return null;
}

/**
 * What kafkajs says, by an error that is none of its own kinds, when a broker takes a connection and then does not answer, or goes away
 * while it is asked for its topics.
 */
const noAnswer = /^Broker not connected$|topicMetadata.*null|null.*topicMetadata/;

const isKafkaError = (error: unknown): error is Error =>
  error instanceof Error && (error.name.startsWith('KafkaJS') || noAnswer.test(error.message));

/** Gives an error of kafkajs its code: KAFKA_FENCED, TOPIC_MISSING, INTERNAL or KAFKA_UNREACHABLE. Others pass unchanged. */
export function toSyncError(error: unknown, details: Readonly<Record<string, string>> = {}): unknown {
  if (isSyncError(error) || !isKafkaError(error)) return error;
  const type = brokerReason(error);
  const code = (type !== null && codeByType[type]) || 'KAFKA_UNREACHABLE';
  return new SyncError(code, { ...details, reason: type ?? error.name }, { cause: error });
}

/** Runs `work` and gives its failure a code. */
export async function withSyncErrors<T>(
  work: () => Promise<T>,
  details: Readonly<Record<string, string>> = {},
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toSyncError(error, details);
  }
}
