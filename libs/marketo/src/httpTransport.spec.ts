import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createHttpTransport, type HttpTransport } from './httpTransport.ts';

const opened: (HttpTransport | Server)[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

/** What comes of an answer where 1,000 bytes are the most. */
async function answerOf(body: Buffer, encoding = 'identity') {
  const server = createServer((_, response) => {
    response.setHeader('content-encoding', encoding).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const transport = createHttpTransport({
    connectionsMax: 1,
    requestTimeoutMs: 5_000,
    answerBytesMax: 1_000,
    onDate: () => {},
  });
  opened.push(transport, server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  return transport.send({ method: 'GET', url, headers: {} });
}

// Somebody who answers in Marketo's place could have the process run out of memory.
describe('an answer', () => {
  it('is taken up to its limit', async () => {
    expect(await answerOf(Buffer.alloc(1_000, 'a'))).toMatchObject({ status: 200 });
    expect(await answerOf(gzipSync(Buffer.alloc(1_000, 'a')), 'gzip')).toMatchObject({ status: 200 });
  });

  it.each([
    ['as it comes', Buffer.alloc(1_001, 'a'), 'identity'],
    ['once it is unpacked', gzipSync(Buffer.alloc(1_001, 'a')), 'gzip'],
  ])('is none when it is larger %s', async (_, body, encoding) => {
    expect(await answerOf(body, encoding)).toMatchObject({ status: null });
  });
});
