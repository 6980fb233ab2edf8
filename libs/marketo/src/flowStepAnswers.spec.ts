import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MarketerRequest } from '@lockstep/change-events';
import { createFlowStepAnswers, type FlowStepAnswers } from './flowStepAnswers.ts';

let server: Server;
let answers: FlowStepAnswers;
let reply: number | 'cut' | 'away';
let calls: number;

beforeEach(async () => {
  answers = createFlowStepAnswers();
  calls = 0;
  server = createServer((request, response) => {
    calls += 1;
    if (reply === 'cut') request.socket.destroy();
    else response.writeHead(reply === 'away' ? 302 : reply, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await answers.close();
  await new Promise((resolve) => server.close(resolve));
});

const request: MarketerRequest = {
  ...{ requestId: 'flow-step/t/7/0', personId: '7', kind: 'SYNC_PERSON', state: 'DONE', door: 'FLOW_STEP' },
  ...{ arguments: {}, askedAt: '2026-03-01T10:00:00Z', at: '2026-03-01T10:00:00Z', code: null, detail: null },
};

const send = () => {
  const { port } = server.address() as AddressInfo;
  const callback = {
    ...{ callbackId: 't', url: `http://127.0.0.1:${port}/c`, token: 't', apiKey: 'k', munchkinId: 'm' },
    ...{ requestIds: [request.requestId], dueAtMs: 0, answerAtMs: 0, failures: 0 },
  };
  return answers.answer(callback, [request]);
};

describe('a callback of a flow step', () => {
  it.each<[typeof reply, string]>([
    [401, 'CALLBACK_REFUSED'],
    [404, 'CALLBACK_REFUSED'],
    [429, 'MARKETO_UNREACHABLE'],
    [503, 'MARKETO_UNREACHABLE'],
    ['cut', 'MARKETO_UNREACHABLE'],
  ])('that is answered %s fails with %s', async (given, code) => {
    reply = given;

    await expect(send()).rejects.toMatchObject({ code });
  });

  it('does not follow an address that it is sent to', async () => {
    reply = 'away';

    await expect(send()).rejects.toMatchObject({ code: 'CALLBACK_REFUSED' });
    expect(calls).toBe(1);
  });

  it('is done when Marketo takes it', async () => {
    reply = 200;

    await expect(send()).resolves.toBeUndefined();
  });
});
