import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { toSyncError } from './kafkaErrors.ts';
import { withAdmin } from './withAdmin.ts';

/** A broker that hangs, or a firewall in its place: the connection is taken, and nothing is ever answered. */
async function startSilentBroker() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.resume())).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };

  return { port: (server.address() as AddressInfo).port, close };
}

describe('toSyncError', () => {
  /**
   * Of a broker that takes connections and does not answer, kafkajs says so by an error that is none of its own. Taken for a
   * fault of ours it ended every service half a minute after the broker had begun to hang.
   */
  it('takes a broker that hangs for one that does not answer', async () => {
    const broker = await startSilentBroker();
    const kafka = new Kafka({
      brokers: [`127.0.0.1:${broker.port}`],
      requestTimeout: 200,
      retry: { initialRetryTime: 10, retries: 3 },
      logLevel: logLevel.NOTHING,
    });

    await expect(withAdmin(kafka, (admin) => admin.listTopics())).rejects.toMatchObject({
      code: 'KAFKA_UNREACHABLE',
    });
    broker.close();
  });

  /** What kafkajs does with the answer of a broker that goes away before it gives one. */
  it.each([
    ['takes it apart', ({ topicMetadata }: { topicMetadata: unknown }) => topicMetadata],
    ['reads it', (metadata: { topicMetadata: unknown }) => metadata.topicMetadata],
  ])('takes no answer about topics for a broker that is away, where kafkajs %s', (_, read) => {
    const answer = JSON.parse('null') as { topicMetadata: unknown };
    let failure: unknown;
    try {
      read(answer);
    } catch (error) {
      failure = toSyncError(error);
    }

    expect(failure).toMatchObject({ code: 'KAFKA_UNREACHABLE' });
  });

  it('leaves what is not of the broker as it is', () => {
    const error = new Error('of ours');

    expect(toSyncError(error)).toBe(error);
  });
});
