import type { CallbackStore, FlowStepCallback } from '@lockstep/ports';
import type { Collection } from 'mongodb';
import { coded } from './codedErrors.ts';

/** `expiresAt` is for what nobody answers any more; Marketo's token is long void by then. */
export type CallbackDocument = Omit<FlowStepCallback, 'callbackId'> & {
  readonly _id: string;
  readonly expiresAt: Date;
};

const keptMs = 86_400_000;

function toCallback({ _id, expiresAt: _, ...rest }: CallbackDocument): FlowStepCallback {
  return { callbackId: _id, ...rest };
}

/** Indexes that the queries of the store use, and the one that lets callbacks expire. */
export async function indexCallbacks(collection: Collection<CallbackDocument>): Promise<void> {
  await collection.createIndex({ dueAtMs: 1 });
  await collection.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
}

/** Callbacks that flow steps wait for. Throws MONGODB_UNREACHABLE (the write may have happened) or MONGODB_REFUSED. */
export function mongoCallbackStore(
  collection: Collection<CallbackDocument>,
  maxTimeMS: number,
): CallbackStore {
  return {
    add: ({ callbackId: _id, ...rest }) =>
      coded('callbacks.add', async () => {
        const expiresAt = new Date(Date.now() + keptMs);
        await collection.updateOne({ _id }, { $setOnInsert: { ...rest, expiresAt } }, { upsert: true });
      }),
    due: (nowMs, limitMax) =>
      coded('callbacks.due', async () => {
        const query = collection.find({ dueAtMs: { $lte: nowMs } }, { maxTimeMS });
        return (await query.sort({ dueAtMs: 1 }).limit(limitMax).toArray()).map(toCallback);
      }),
    postpone: (_id, { dueAtMs, failures }) =>
      coded('callbacks.postpone', async () => {
        await collection.updateOne({ _id }, { $set: { dueAtMs, failures } });
      }),
    remove: (_id) =>
      coded('callbacks.remove', async () => {
        await collection.deleteOne({ _id });
      }),
  };
}
