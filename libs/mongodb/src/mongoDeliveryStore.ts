import type { Delivery, DeliveryStore } from '@lockstep/ports';
import type { Collection } from 'mongodb';
import { coded } from './codedErrors.ts';

export type DeliveryDocument = Omit<Delivery, 'goldenId'> & { readonly _id: string };

/** The last delivery per golden id. Throws MONGODB_UNREACHABLE (the save may have happened) or MONGODB_REFUSED. */
export function mongoDeliveryStore(
  collection: Collection<DeliveryDocument>,
  maxTimeMS: number,
): DeliveryStore {
  return {
    load: (goldenIds) =>
      coded('deliveries.load', async () => {
        const found = await collection.find({ _id: { $in: [...goldenIds] } }, { maxTimeMS }).toArray();
        return new Map(found.map(({ _id, ...parts }) => [_id, { goldenId: _id, ...parts }]));
      }),
    save: (deliveries) =>
      coded('deliveries.save', async () => {
        if (deliveries.length === 0) return;
        await collection.bulkWrite(
          deliveries.map(({ goldenId, ...replacement }) => ({
            replaceOne: { filter: { _id: goldenId }, replacement, upsert: true },
          })),
          { ordered: true },
        );
      }),
  };
}
