import { SyncError } from '@lockstep/change-events';
import type {
  CallbackStore,
  CallStore,
  ClaimStore,
  ConsentStore,
  DeliveryStore,
  GoldenStore,
  LinkStore,
  OutcomeCountStore,
  PastConflictStore,
  RequestStore,
  SyncStateStore,
  TroubleReader,
  WaitingWriteReader,
  WriteCountStore,
} from '@lockstep/ports';
import { MongoClient, type Db, type MongoClientOptions } from 'mongodb';
import { coded } from './codedErrors.ts';
import { indexCallbacks, mongoCallbackStore, type CallbackDocument } from './mongoCallbackStore.ts';
import { mongoCallStore } from './mongoCallStore.ts';
import { mongoClaimStore } from './mongoClaimStore.ts';
import { mongoConsentStore } from './mongoConsentStore.ts';
import { mongoDeliveryStore } from './mongoDeliveryStore.ts';
import { mongoGoldenStore, type GoldenDocument } from './mongoGoldenStore.ts';
import { indexEnds, mongoLinkStore, type EndDocument } from './mongoLinkStore.ts';
import { indexOutcomeCounts, mongoOutcomeCounts, type OutcomeCountDocument } from './mongoOutcomeCounts.ts';
import { indexPastConflicts, mongoPastConflicts, type PastConflictDocument } from './mongoPastConflicts.ts';
import { indexRequests, mongoRequestStore, type RequestDocument } from './mongoRequestStore.ts';
import { mongoSyncState } from './mongoSyncState.ts';
import { indexTroubles, mongoTroubleReader } from './mongoTroubleReader.ts';
import { indexWaitingWrites, mongoWaitingWrites } from './mongoWaitingWrites.ts';
import { indexWriteCounts, mongoWriteCounts, type WriteCountDocument } from './mongoWriteCounts.ts';

/** `operationTimeoutMs` bounds one exchange with the server (default 15 s); the driver repeats an exchange once. */
export type MongoOptions = {
  readonly url: string;
  readonly database: string;
  readonly operationTimeoutMs?: number;
};

export type MongoStores = {
  readonly golden: GoldenStore;
  readonly links: LinkStore;
  readonly claims: ClaimStore;
  readonly consents: ConsentStore;
  readonly deliveries: DeliveryStore;
  readonly calls: CallStore;
  readonly requests: RequestStore;
  readonly callbacks: CallbackStore;
  readonly syncState: SyncStateStore;
  readonly troubles: TroubleReader;
  readonly waitingWrites: WaitingWriteReader;
  readonly writeCounts: WriteCountStore;
  readonly outcomeCounts: OutcomeCountStore;
  readonly pastConflicts: PastConflictStore;
  /** One round trip; throws MONGODB_UNREACHABLE or MONGODB_REFUSED. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

const serverSelectionTimeoutMs = 5_000;
const operationTimeoutDefaultMs = 15_000;
const connectionsMax = 20;

/** Acknowledged means durable on a majority; reads see only what cannot be rolled back. */
function clientOptions(operationTimeoutMs: number): MongoClientOptions {
  return {
    appName: 'lockstep',
    ignoreUndefined: true,
    maxPoolSize: connectionsMax,
    serverSelectionTimeoutMS: serverSelectionTimeoutMs,
    connectTimeoutMS: serverSelectionTimeoutMs,
    waitQueueTimeoutMS: operationTimeoutMs,
    socketTimeoutMS: operationTimeoutMs,
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: operationTimeoutMs },
    readConcern: { level: 'majority' },
  };
}

function createClient(url: string, operationTimeoutMs: number): MongoClient {
  try {
    return new MongoClient(url, clientOptions(operationTimeoutMs));
  } catch {
    // The driver's message may quote the address with its password, so it is left behind.
    throw new SyncError('MONGODB_REFUSED', { operation: 'connect', reason: 'the address is not valid' });
  }
}

function storesOver(db: Db, operationTimeoutMs: number): Omit<MongoStores, 'ping' | 'close'> {
  return {
    golden: mongoGoldenStore(db.collection('goldenRecords'), operationTimeoutMs),
    links: mongoLinkStore(
      { links: db.collection('links'), ends: db.collection('unlinkedEnds') },
      operationTimeoutMs,
    ),
    claims: mongoClaimStore(db.collection('claims'), operationTimeoutMs),
    consents: mongoConsentStore(db.collection('consents'), operationTimeoutMs),
    deliveries: mongoDeliveryStore(db.collection('deliveries'), operationTimeoutMs),
    calls: mongoCallStore(db.collection('dailyCalls'), operationTimeoutMs),
    requests: mongoRequestStore(db.collection('requests'), operationTimeoutMs),
    callbacks: mongoCallbackStore(db.collection('callbacks'), operationTimeoutMs),
    syncState: mongoSyncState(db.collection('syncState'), operationTimeoutMs),
    troubles: mongoTroubleReader(db.collection('goldenRecords'), operationTimeoutMs),
    waitingWrites: mongoWaitingWrites(db.collection('goldenRecords'), operationTimeoutMs),
    outcomeCounts: mongoOutcomeCounts(db.collection('outcomeCounts'), operationTimeoutMs),
    writeCounts: mongoWriteCounts(db.collection('writeCounts'), operationTimeoutMs),
    pastConflicts: mongoPastConflicts(db.collection('pastConflicts'), operationTimeoutMs),
  };
}

async function createIndexes(db: Db): Promise<void> {
  const golden = db.collection<GoldenDocument>('goldenRecords');
  await golden.createIndex({ dueAtMs: 1 }, { sparse: true });
  await golden.createIndex({ 'waiting.cause': 1 }, { sparse: true });
  await golden.createIndex({ names: 1 }, { sparse: true });
  await golden.createIndex({ keys: 1 }, { sparse: true });
  await golden.createIndex({ 'withheld.dynamics': 1 }, { sparse: true });
  await golden.createIndex({ 'withheld.marketo': 1 }, { sparse: true });
  await indexEnds(db.collection<EndDocument>('unlinkedEnds'));
  await indexTroubles(golden);
  await indexWaitingWrites(golden);
  await indexRequests(db.collection<RequestDocument>('requests'));
  await indexCallbacks(db.collection<CallbackDocument>('callbacks'));
  await indexPastConflicts(db.collection<PastConflictDocument>('pastConflicts'));
  await indexOutcomeCounts(db.collection<OutcomeCountDocument>('outcomeCounts'));
  await indexWriteCounts(db.collection<WriteCountDocument>('writeCounts'));
}

/** Connects, creates the indexes where they are missing, and opens the stores; throws MONGODB_UNREACHABLE or MONGODB_REFUSED. */
export async function openMongoStores(options: MongoOptions): Promise<MongoStores> {
  const operationTimeoutMs = options.operationTimeoutMs ?? operationTimeoutDefaultMs;
  const client = createClient(options.url, operationTimeoutMs);
  const db = client.db(options.database);
  try {
    await coded('connect', async () => {
      await client.connect();
      await createIndexes(db);
    });
  } catch (error) {
    await client.close();
    throw error;
  }
  return {
    ...storesOver(db, operationTimeoutMs),
    async ping() {
      await coded('ping', () => db.command({ ping: 1 }));
    },
    close: () => client.close(),
  };
}
