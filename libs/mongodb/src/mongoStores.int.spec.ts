import {
  callbackStoreContract,
  callStoreContract,
  claimStoreContract,
  consentStoreContract,
  deliveryStoreContract,
  goldenLookUpContract,
  goldenStoreContract,
  linkStoreContract,
  outcomeCountsContract,
  requestStoreContract,
  syncStateContract,
  pastConflictsContract,
  troubleReaderContract,
  waitingWritesContract,
  writeCountsContract,
} from '@lockstep/ports';
import { newGoldenRecord } from '@lockstep/reconciliation';
import { MongoClient } from 'mongodb';
import { v4 as newId } from 'uuid';
import { openMongoStores, type MongoStores } from './openMongoStores.ts';

const url = process.env['MONGODB_URL'] ?? '';
const run = `lockstep-spec-${newId().slice(0, 8)}`;
const opened: { database: string; stores: MongoStores }[] = [];

async function openIn(database: string): Promise<MongoStores> {
  const stores = await openMongoStores({ url, database });
  opened.push({ database, stores });
  return stores;
}

const openEmpty = () => openIn(`${run}-${opened.length}`);

afterAll(async () => {
  const client = await new MongoClient(url).connect();
  for (const { database, stores } of opened) {
    await stores.close();
    await client.db(database).dropDatabase();
  }
  await client.close();
});

goldenStoreContract('MongoDB', async () => (await openEmpty()).golden);
goldenLookUpContract('MongoDB', async () => (await openEmpty()).golden);
linkStoreContract('MongoDB', async () => (await openEmpty()).links);
claimStoreContract('MongoDB', async () => (await openEmpty()).claims);
consentStoreContract('MongoDB', async () => (await openEmpty()).consents);
deliveryStoreContract('MongoDB', async () => (await openEmpty()).deliveries);
callStoreContract('MongoDB', async () => (await openEmpty()).calls);
requestStoreContract('MongoDB', async () => (await openEmpty()).requests);
callbackStoreContract('MongoDB', async () => (await openEmpty()).callbacks);
syncStateContract('MongoDB', async () => (await openEmpty()).syncState);
troubleReaderContract('MongoDB', openEmpty);
waitingWritesContract('MongoDB', openEmpty);
pastConflictsContract('MongoDB', async () => (await openEmpty()).pastConflicts);
writeCountsContract('MongoDB', async () => (await openEmpty()).writeCounts);
outcomeCountsContract('MongoDB', async () => (await openEmpty()).outcomeCounts);

describe('openMongoStores', () => {
  it('opens a database again and finds what was stored', async () => {
    const database = `${run}-again`;
    const first = await openIn(database);
    await first.links.link(new Map([['dynamics/lead/1', 'g1']]));
    await first.close();

    const second = await openIn(database);

    await expect(second.ping()).resolves.toBeUndefined();
    expect(await second.links.resolve(['dynamics/lead/1'])).toEqual(new Map([['dynamics/lead/1', 'g1']]));
  });

  it('refuses a golden record that a newer version wrote', async () => {
    const database = `${run}-newer`;
    const { golden } = await openIn(database);
    await golden.save([{ record: newGoldenRecord('a'), expected: null }]);
    const client = await new MongoClient(url).connect();
    await client
      .db(database)
      .collection('goldenRecords')
      .updateOne({}, { $inc: { format: 1 } });
    await client.close();

    await expect(golden.load(['a'])).rejects.toMatchObject({
      code: 'GOLDEN_FORMAT_NEWER',
      details: { goldenId: 'a' },
    });
  });

  it('keeps records that wait for nothing out of the indexes that find what waits', async () => {
    const database = `${run}-index`;
    await openIn(database);
    const client = await new MongoClient(url).connect();

    const indexes = await client.db(database).collection('goldenRecords').indexes();
    await client.close();

    const paths = ['dueAtMs', 'waiting.cause', 'names', 'troubled.key', 'writing.since'];
    for (const key of paths.map((path) => ({ [path]: 1 })))
      expect(indexes).toContainEqual(expect.objectContaining({ key, sparse: true }));
  });

  it('says that the database is unreachable once the stores are closed', async () => {
    const stores = await openIn(`${run}-closed`);

    await stores.close();

    await expect(stores.ping()).rejects.toMatchObject({ code: 'MONGODB_UNREACHABLE' });
  });
});
