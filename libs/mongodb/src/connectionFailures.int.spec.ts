import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { GoldenRecord } from '@lockstep/reconciliation';
import { MongoClient } from 'mongodb';
import { v4 as newId } from 'uuid';
import { openMongoStores } from './openMongoStores.ts';

const serverUrl = process.env['MONGODB_URL'] ?? '';
const database = `lockstep-spec-${newId().slice(0, 8)}`;

const record: GoldenRecord = {
  goldenId: 'a',
  revision: { epoch: 1, number: 1 },
  kind: 'lead',
  aliasOf: null,
  fields: {},
  rows: [],
  outbox: [],
  waiting: null,
  conflicts: [],
  lane: 'LIVE',
  dueAtMs: null,
};

type Proxy = {
  readonly url: string;
  /** Cuts every connection at the next answer that follows a request with `text` in it. */
  cutAnswerTo(text: string): void;
  /** Takes everything and answers nothing from now on. */
  hang(): void;
  close(): Promise<void>;
};

async function openProxy(): Promise<Proxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let hanging = false;
  let cutAfter: string | null = null;

  const forward = (client: Socket) => {
    const server = connect(Number(target.port), target.hostname);
    let cutting = false;
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => [client, server].forEach((end) => end.destroy()));
    }
    client.on('data', (bytes) => {
      cutting = cutAfter !== null && bytes.includes(cutAfter);
      if (cutting) cutAfter = null;
      if (!hanging) server.write(bytes);
    });
    server.on('data', (bytes) => (cutting ? client.destroy() : client.write(bytes)));
  };

  const listener = createServer(forward).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = new URL(serverUrl);
  url.host = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
  url.searchParams.set('directConnection', 'true');
  return {
    url: url.href,
    cutAnswerTo: (text) => (cutAfter = text),
    hang: () => (hanging = true),
    async close() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

afterAll(async () => {
  const client = await new MongoClient(serverUrl).connect();
  await client.db(database).dropDatabase();
  await client.close();
});

describe('MongoDB stores over a bad connection', () => {
  it('are not opened when nobody listens', async () => {
    const proxy = await openProxy();
    await proxy.close();

    const opening = openMongoStores({ url: proxy.url, database });

    await expect(opening).rejects.toMatchObject({ code: 'MONGODB_UNREACHABLE' });
  }, 15_000);

  it('are not opened with an address that is none, and do not repeat its password', async () => {
    const opening = openMongoStores({ url: 'http://user:secret@127.0.0.1/', database });

    const refusal = await opening.catch((error: unknown) => error);

    expect(refusal).toMatchObject({
      code: 'MONGODB_REFUSED',
      message: expect.not.stringContaining('secret'),
    });
    expect(refusal).not.toHaveProperty('cause');
  });

  it('are not opened with credentials that the database does not know', async () => {
    const url = new URL(serverUrl);
    url.username = 'nobody';
    url.password = 'wrong';

    const opening = openMongoStores({ url: url.href, database });

    await expect(opening).rejects.toMatchObject({ code: 'MONGODB_REFUSED' });
  });

  it('call the database unreachable, not wrong, when it dies before a bulk write', async () => {
    const proxy = await openProxy();
    const stores = await openMongoStores({ url: proxy.url, database });
    await proxy.close();

    const saving = stores.golden.save([{ record, expected: null }]);

    await expect(saving).rejects.toMatchObject({ code: 'MONGODB_UNREACHABLE' });
    await stores.close();
  }, 15_000);

  it('give up after the operation time-out when the database takes requests and does not answer', async () => {
    const proxy = await openProxy();
    const stores = await openMongoStores({ url: proxy.url, database, operationTimeoutMs: 300 });
    proxy.hang();

    const answers = [stores.links.link(new Map([['dynamics/lead/1', 'g1']])), stores.golden.load(['a'])];

    for (const answer of await Promise.allSettled(answers))
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'MONGODB_UNREACHABLE' } });
    await stores.close();
    await proxy.close();
  }, 20_000);

  it('do not take their own save for somebody else’s when its answer is lost', async () => {
    const proxy = await openProxy();
    const stores = await openMongoStores({ url: proxy.url, database });
    const saved = { ...record, goldenId: 'own' };

    proxy.cutAnswerTo('insert');
    expect(await stores.golden.save([{ record: saved, expected: null }])).toEqual(new Set());
    const next = { ...saved, revision: { epoch: 1, number: 2 } };
    proxy.cutAnswerTo('update');
    expect(await stores.golden.save([{ record: next, expected: saved.revision }])).toEqual(new Set());

    expect((await stores.golden.load(['own'])).get('own')?.revision).toEqual(next.revision);
    await stores.close();
    await proxy.close();
  }, 20_000);
});
