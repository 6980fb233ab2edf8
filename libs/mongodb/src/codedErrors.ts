import { SyncError } from '@lockstep/change-events';
import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoSystemError,
  MongoTopologyClosedError,
} from 'mongodb';
import { duplicateKey } from './duplicateKeys.ts';

const connectionErrors = [
  MongoNetworkError,
  MongoSystemError,
  MongoClientClosedError,
  MongoNotConnectedError,
  MongoTopologyClosedError,
];

/**
 * Labels and codes with which a server says that it is busy, starting, stopping or no longer primary, or that it ended a read or
 * forgot where it was.
 */
const passingLabels = ['RetryableWriteError', 'RetryableError', 'NetworkError', 'TransientTransactionError'];
const passingCodes: ReadonlySet<unknown> = new Set([
  6, 7, 24, 43, 50, 64, 89, 91, 112, 133, 134, 175, 189, 237, 262, 9001, 10058, 10107, 11600, 11601, 11602,
  13435, 13436,
]);

type Code = string | number | undefined;

/** What the server complained about; nothing when the driver failed before or after it. */
function serverCodes(error: MongoError): readonly Code[] {
  if (!(error instanceof MongoBulkWriteError)) return [error.code].filter((code) => code !== undefined);
  const failures = [...error.result.getWriteErrors(), error.result.getWriteConcernError()];
  const codes: Code[] = failures.map((failure) => failure?.code).filter((code) => code !== duplicateKey);
  return [...codes, error.code].filter((code) => code !== undefined && code !== duplicateKey);
}

/** A bulk write wraps whatever ends it; without a server's code it was the connection. */
function isConnectionFailure(error: MongoError): boolean {
  return (
    connectionErrors.some((kind) => error instanceof kind) ||
    error.name === 'MongoWaitQueueTimeoutError' ||
    error instanceof MongoBulkWriteError
  );
}

function isPassing(error: MongoError, codes: readonly Code[]): boolean {
  if (passingLabels.some((label) => error.hasErrorLabel(label))) return true;
  return codes.length === 0 ? isConnectionFailure(error) : codes.every((code) => passingCodes.has(code));
}

const causesMax = 4;

/** What the system said at the bottom of it, such as ECONNREFUSED or CERT_HAS_EXPIRED: a wrong certificate is no server that is down. */
function reasonOf(error: MongoError): string {
  let cause: unknown = error;
  for (let depth = 0; depth < causesMax && cause instanceof Error && cause.cause; depth += 1)
    cause = cause.cause;
  const { code } = cause as { code?: unknown };

  return typeof code === 'string' ? code : error.name;
}

/** Of what an address names, the driver passes on as it is what became of its files, and of its names in the DNS (mongodb+srv). */
function systemFault(operation: string, error: unknown): SyncError | null {
  const { syscall, code = 'unknown', path } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return null;
  const isFile = syscall === 'open' || syscall === 'read';
  const details = { operation, reason: code, ...(path !== undefined && { file: path }) };

  return new SyncError(isFile ? 'MONGODB_REFUSED' : 'MONGODB_UNREACHABLE', details, { cause: error });
}

/**
 * Runs one operation and gives the driver's failures a code: MONGODB_UNREACHABLE when it may succeed later,
 * MONGODB_REFUSED when it will not. Other errors pass as they are.
 */
export async function coded<T>(operation: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof MongoError)) throw systemFault(operation, error) ?? error;
    const codes = serverCodes(error);
    const code = isPassing(error, codes) ? 'MONGODB_UNREACHABLE' : 'MONGODB_REFUSED';
    const details = { operation, reason: reasonOf(error), serverCode: codes[0] ?? null };
    // A server's message can quote documents, so it is left behind.
    throw new SyncError(code, details, error instanceof MongoServerError ? undefined : { cause: error });
  }
}
