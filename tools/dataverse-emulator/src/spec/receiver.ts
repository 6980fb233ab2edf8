import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call that came in. */
export interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What receives the calls of webhooks. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Statuses of the next answers, 200 when there are none; a function is run before 200 is answered. */
  readonly answers: (number | ((call: Received) => Promise<unknown>))[];
  /** Rejects when so many calls do not come within five seconds. */
  until(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts a receiver on a free port. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: Receiver['answers'] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(String(Buffer.concat(parts))) as Received['body'];
      const call = { url: request.url ?? '', headers: request.headers, body };
      received.push(call);
      const answer = answers.shift() ?? 200;
      if (typeof answer === 'number') response.writeHead(answer).end();
      else void answer(call).then(() => response.writeHead(200).end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answers,
    async until(count) {
      for (let waitedMs = 0; received.length < count; waitedMs += 20) {
        if (waitedMs > 5_000) throw new Error(`${received.length} of ${count} calls came`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
