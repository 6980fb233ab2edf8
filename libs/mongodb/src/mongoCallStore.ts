import type { CallsByLane, CallStore, StoredCalls } from '@lockstep/ports';
import type { Collection } from 'mongodb';
import { coded } from './codedErrors.ts';

/** One document per day in US Central time. */
export type CallDocument = Omit<StoredCalls, 'day' | 'byLane'> & {
  readonly _id: string;
  readonly byLane: CallsByLane;
};

/** The calls to Marketo by day. Throws MONGODB_UNREACHABLE (the save may have happened) or MONGODB_REFUSED. */
export function mongoCallStore(collection: Collection<CallDocument>, maxTimeMS: number): CallStore {
  return {
    load: (_id) =>
      coded('calls.load', async () => {
        const found = await collection.findOne({ _id }, { maxTimeMS });
        if (found === null) return null;
        const { used, byLane, told } = found;
        return { day: _id, used, byLane, told };
      }),
    save: ({ day: _id, used, byLane, told }) =>
      coded('calls.save', async () => {
        const lanes = Object.entries(byLane).map(([lane, calls]) => [`byLane.${lane}`, calls]);
        await collection.updateOne(
          { _id },
          { $max: { used, ...Object.fromEntries(lanes) }, $addToSet: { told: { $each: [...told] } } },
          { upsert: true },
        );
      }),
  };
}
