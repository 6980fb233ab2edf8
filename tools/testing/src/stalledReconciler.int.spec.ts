import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { untilHolds } from './operatorClient.ts';
import { makeRows, toSeed } from './seedPeople.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 60_000;
const leads = makeRows('lead', 20);

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({ seed: { leads: toSeed(leads) } });
}, timeoutMs);
afterAll(() => lockstep.close());

type Way = { readonly url: string; cut(): void; mend(): void; close(): void };

/** A way to the database that can be cut. */
async function openWay(mongodbUrl: string): Promise<Way> {
  const target = new URL(mongodbUrl);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) return client.destroy();
    const behind = connect(Number(target.port), target.hostname);
    for (const socket of [client, behind]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => [client, behind].forEach((end) => end.destroy()));
    }
    client.pipe(behind).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(mongodbUrl);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  url.searchParams.set('directConnection', 'true');
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return { url: url.href, cut, mend: () => (isCut = false), close: () => server.close(cut) };
}

it(
  'says that it is not ready, and why, while one of two cannot decide what is its own, and works again afterwards',
  async () => {
    await lockstep.waitUntilInSync({ timeoutMs });
    const way = await openWay(lockstep.mongodbUrl);
    const second = await lockstep.services.start('reconciler', 'second', { MONGODB_URL: way.url });
    await lockstep.services.untilReady([second]);
    const editAll = async (jobtitle: string): Promise<void> => {
      for (const { id } of leads) await lockstep.dynamics.editRow('lead', id, { jobtitle });
    };
    await editAll('Captain');
    await lockstep.waitUntilInSync({ timeoutMs });

    way.cut();
    await editAll('Pilot');
    const reason = await untilHolds(
      () => second.whyNotReady(),
      (why) => why !== null,
      timeoutMs,
    );
    way.mend();
    await lockstep.services.untilReady([second]);
    await lockstep.waitUntilInSync({ timeoutMs });

    expect(reason).toContain('MONGODB_UNREACHABLE');
    const lines = await second.lastLines(100);
    expect(lines).toMatch(/"component":"lockstep\.(router|reconcile)/);
    expect(lines).toContain('Works again.');
    way.close();
  },
  4 * timeoutMs,
);
