import type { ConsentStore } from '@lockstep/ports';
import type { Consent, ConsentChange } from '@lockstep/reconciliation';
import { MongoServerError, type Collection } from 'mongodb';
import { coded } from './codedErrors.ts';
import { duplicateKey } from './duplicateKeys.ts';

/** `_id` is the address as it is claimed. */
export type ConsentDocument = Omit<Consent, 'claim'> & { readonly _id: string };

/** Wishes, one document per address. Throws MONGODB_UNREACHABLE (the save may have happened) or MONGODB_REFUSED. */
export function mongoConsentStore(collection: Collection<ConsentDocument>, maxTimeMS: number): ConsentStore {
  async function insert(document: ConsentDocument): Promise<boolean> {
    try {
      await collection.insertOne(document);
      return true;
    } catch (error) {
      if (error instanceof MongoServerError && error.code === duplicateKey) return false;
      throw error;
    }
  }

  async function store({ consent, expected }: ConsentChange): Promise<boolean> {
    const { claim, ...rest } = consent;
    if (expected === 0) return insert({ _id: claim, ...rest });
    const { matchedCount } = await collection.updateOne({ _id: claim, revision: expected }, { $set: rest });
    return matchedCount === 1;
  }

  return {
    read: (claims) =>
      coded('consents.read', async () => {
        if (claims.length === 0) return new Map<string, Consent>();
        const found = await collection.find({ _id: { $in: [...claims] } }, { maxTimeMS }).toArray();
        return new Map(found.map(({ _id, ...rest }) => [_id, { claim: _id, ...rest }]));
      }),
    save: (changes) =>
      coded('consents.save', async () => {
        const refused = new Set<string>();
        for (const change of changes) if (!(await store(change))) refused.add(change.consent.claim);
        return refused;
      }),
  };
}
