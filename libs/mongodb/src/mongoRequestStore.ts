import { requestRank, type MarketerRequest } from '@lockstep/change-events';
import type { RequestStore } from '@lockstep/ports';
import { ObjectId, type Collection } from 'mongodb';
import { coded } from './codedErrors.ts';
import { isOnlyDuplicateKeys } from './duplicateKeys.ts';

type StateParts = Pick<MarketerRequest, 'state' | 'at' | 'code' | 'detail'>;

/**
 * `asked` is what never changes, as JSON text: names of arguments are the marketer's. `unpublished` orders what waits for
 * its publication, and is absent afterwards, which keeps the rest out of the sparse index.
 */
export type RequestDocument = {
  readonly _id: string;
  readonly asked: string;
  readonly now: StateParts;
  readonly rank: number;
  readonly unpublished?: ObjectId;
  readonly expiresAt: Date;
};

/** As long as `marketing.requests` keeps its events. */
const keptMs = 30 * 86_400_000;

function toDocument(request: MarketerRequest, nowMs: number): RequestDocument {
  const { requestId, state, at, code, detail, ...asked } = request;
  return {
    _id: requestId,
    asked: JSON.stringify(asked),
    now: { state, at, code, detail },
    rank: requestRank(request),
    unpublished: new ObjectId(),
    expiresAt: new Date(nowMs + keptMs),
  };
}

function toRequest({ _id, asked, now }: RequestDocument): MarketerRequest {
  const parts = JSON.parse(asked) as Omit<MarketerRequest, 'requestId' | keyof StateParts>;
  return { requestId: _id, ...parts, ...now };
}

/** Indexes that the queries of the store use, and the one that lets requests expire. */
export async function indexRequests(collection: Collection<RequestDocument>): Promise<void> {
  await collection.createIndex({ unpublished: 1 }, { sparse: true });
  await collection.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
}

/** Requests of marketers. Throws MONGODB_UNREACHABLE (the write may have happened) or MONGODB_REFUSED. */
export function mongoRequestStore(collection: Collection<RequestDocument>, maxTimeMS: number): RequestStore {
  async function find(requestIds: readonly string[]): Promise<Map<string, MarketerRequest>> {
    const found = await collection.find({ _id: { $in: [...requestIds] } }, { maxTimeMS }).toArray();
    return new Map(found.map((document) => [document._id, toRequest(document)]));
  }

  return {
    accept: (requests) =>
      coded('requests.accept', async () => {
        if (requests.length === 0) return [];
        const documents = requests.map((request) => toDocument(request, Date.now()));
        await collection.insertMany(documents, { ordered: false }).catch((error: unknown) => {
          if (!isOnlyDuplicateKeys(error)) throw error;
        });
        const stored = await find(requests.map(({ requestId }) => requestId));
        return requests.map((request) => stored.get(request.requestId) ?? request);
      }),
    find: (requestIds) => coded('requests.find', () => find(requestIds)),
    unpublished: (limitMax) =>
      coded('requests.unpublished', async () => {
        const query = collection.find({ unpublished: { $exists: true } }, { maxTimeMS });
        return (await query.sort({ unpublished: 1 }).limit(limitMax).toArray()).map(toRequest);
      }),
    markPublished: (requestIds) =>
      coded('requests.markPublished', async () => {
        await collection.updateMany({ _id: { $in: [...requestIds] } }, { $unset: { unpublished: '' } });
      }),
    advance: (requests) =>
      coded('requests.advance', async () => {
        if (requests.length === 0) return;
        const updates = requests.map((request) => {
          const { requestId, state, at, code, detail } = request;
          const rank = requestRank(request);
          const filter = { _id: requestId, rank: { $lt: rank } };
          return { updateOne: { filter, update: { $set: { now: { state, at, code, detail }, rank } } } };
        });
        await collection.bulkWrite(updates, { ordered: true });
      }),
  };
}
