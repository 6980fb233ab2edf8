import type { DeliveryOutcome } from '@lockstep/change-events';
import type { Delivery, DeliveryStore } from '@lockstep/ports';
import type { Collection } from 'mongodb';
import { coded } from './codedErrors.ts';

/** The outcome is kept as JSON text: it is only ever given back whole. */
export type DeliveryDocument = Pick<Delivery, 'revision'> & {
  readonly _id: string;
  readonly outcome: string | null;
};

function toDelivery({ _id, revision, outcome }: DeliveryDocument): Delivery {
  return {
    goldenId: _id,
    revision,
    outcome: outcome === null ? null : (JSON.parse(outcome) as DeliveryOutcome),
  };
}

/** The last delivery per golden id. Throws MONGODB_UNREACHABLE (the save may have happened) or MONGODB_REFUSED. */
export function mongoDeliveryStore(
  collection: Collection<DeliveryDocument>,
  maxTimeMS: number,
): DeliveryStore {
  return {
    load: (goldenIds) =>
      coded('deliveries.load', async () => {
        const found = await collection.find({ _id: { $in: [...goldenIds] } }, { maxTimeMS }).toArray();
        return new Map(found.map((document) => [document._id, toDelivery(document)]));
      }),
    save: (deliveries) =>
      coded('deliveries.save', async () => {
        if (deliveries.length === 0) return;
        await collection.bulkWrite(
          deliveries.map(({ goldenId, revision, outcome }) => ({
            replaceOne: {
              filter: { _id: goldenId },
              replacement: { revision, outcome: outcome && JSON.stringify(outcome) },
              upsert: true,
            },
          })),
          { ordered: true },
        );
      }),
  };
}
