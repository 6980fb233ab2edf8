import { openMongoStores, type MongoOptions } from './openMongoStores.ts';

/** Opens the stores as a start does, asks once, and closes them. Throws MONGODB_UNREACHABLE or MONGODB_REFUSED. */
export async function checkStores(options: MongoOptions) {
  const stores = await openMongoStores(options);
  try {
    await stores.ping();

    return { isWell: true, sentences: ['ok: it answers'] };
  } finally {
    await stores.close();
  }
}
