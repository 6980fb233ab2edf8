import type { Claim, ClaimStore } from '@lockstep/ports';
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { coded } from './codedErrors.ts';

/** `_id` is the claimed value; `rows` holds each row that claims it once. A document may be left without rows. */
export type ClaimDocument = {
  readonly _id: string;
  readonly rows: readonly Omit<Claim, 'claim'>[];
};

/** One pipeline update, so that no reader sees a row's former claim gone and its new one not yet there. */
function addition({ claim, rowKey, goldenId }: Claim): AnyBulkWriteOperation<ClaimDocument> {
  const key = { $literal: rowKey };
  const others = {
    $filter: { input: { $ifNull: ['$rows', []] }, cond: { $ne: ['$$this.rowKey', key] } },
  };
  const own = { rowKey: key, goldenId: { $literal: goldenId } };
  const update = [{ $set: { rows: { $concatArrays: [others, [own]] } } }];
  return { updateOne: { filter: { _id: claim }, update, upsert: true } };
}

function removal({ claim, rowKey, goldenId }: Claim): AnyBulkWriteOperation<ClaimDocument> {
  return { updateOne: { filter: { _id: claim }, update: { $pull: { rows: { rowKey, goldenId } } } } };
}

/** Match claims, one document per claimed value. Throws MONGODB_UNREACHABLE or MONGODB_REFUSED. */
export function mongoClaimStore(collection: Collection<ClaimDocument>, maxTimeMS: number): ClaimStore {
  async function write(claims: readonly Claim[], toWrite: typeof addition): Promise<void> {
    if (claims.length > 0) await collection.bulkWrite(claims.map(toWrite), { ordered: true });
  }

  return {
    add: (claims) => coded('claims.add', () => write(claims, addition)),
    remove: (claims) => coded('claims.remove', () => write(claims, removal)),
    read: (claims) =>
      coded('claims.read', async () => {
        const found = await collection.find({ _id: { $in: [...claims] } }, { maxTimeMS }).toArray();
        return new Map(
          found
            .filter(({ rows }) => rows.length > 0)
            .map(({ _id, rows }) => [_id, rows.map((row) => ({ claim: _id, ...row }))]),
        );
      }),
  };
}
