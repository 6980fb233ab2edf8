import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { emptyRehearsal, type Rehearsal } from '@lockstep/pipelines';
import { go } from './go.ts';
import { rehearse } from './rehearse.ts';

const asked: string[] = [];

const pageOf = (creates: number): Rehearsal => {
  const { sides } = emptyRehearsal;
  const fields = { 'person.city': creates };
  return {
    ...emptyRehearsal,
    sides: { ...sides, marketo: { ...sides.marketo, creates: { person: creates }, fields } },
  };
};

function answerTo(url: URL, isFinal: boolean): unknown {
  if (url.pathname === '/v1/status') return { firstReadsComplete };
  const isSecond = url.searchParams.get('after') === 'a';
  return {
    counts: pageOf(isSecond ? 2 : 400),
    next: isSecond ? null : 'a',
    isFinal: isSecond ? isFinal : true,
  };
}

let server: Server;
let isFinal = true;
let firstReadsComplete = true;
beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      if (request.method === 'POST') asked.push((JSON.parse(body) as { target: string }).target);
      response.end(JSON.stringify(request.method === 'POST' ? { controlId: 'c' } : answerTo(url, isFinal)));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const env = () => ({
  LOCKSTEP_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  LOCKSTEP_API_TOKEN: 'a-token-of-sixteen-characters',
});

describe('the rehearsal', () => {
  it('adds up all pages, and says whether the numbers are final', async () => {
    const lines: string[] = [];

    expect(await rehearse(env(), {}, (line) => lines.push(line))).toBe(true);
    isFinal = false;
    expect(await rehearse(env(), {}, () => undefined)).toBe(false);

    expect(lines.join('\n')).toMatch(/marketo.*create person.*402/);
    expect(lines.join('\n')).toMatch(/marketo.*change person\.city.*402/);
    expect(lines.join('\n')).toContain('Dynamics 0, Marketo 6.');
  });

  it('is told also when its file cannot be written, which is no fault of ours', async () => {
    const lines: string[] = [];
    const json = '/no/such/folder/first.json';

    await expect(rehearse(env(), { json }, (line) => lines.push(line))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { '--json': `${json} cannot be written (ENOENT).` },
    });
    expect(lines.join('\n')).toMatch(/marketo.*create person.*402/);
  });

  it('is followed by writes to one side, or to both', async () => {
    await go(env(), { to: 'marketo', actor: 'ben' }, () => undefined);
    expect(asked).toEqual(['reconciler/to-marketo']);

    await go(env(), { to: 'both', actor: 'ben' }, () => undefined);
    expect(asked.slice(1)).toEqual(['reconciler/to-dynamics', 'reconciler/to-marketo']);
  });

  it('is not followed by writes before both sides are read, unless that is forced', async () => {
    firstReadsComplete = false;
    asked.splice(0);

    expect(await go(env(), { to: 'both', actor: 'ben' }, () => undefined)).toBe(false);
    expect(asked).toEqual([]);
    expect(await go(env(), { to: 'dynamics', actor: 'ben', force: true }, () => undefined)).toBe(true);
    expect(asked).toEqual(['reconciler/to-dynamics']);
  });
});
