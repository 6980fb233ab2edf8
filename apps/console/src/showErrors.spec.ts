import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { showErrors, type ErrorsOptions } from './showErrors.ts';

const token = 'a-token-of-sixteen-characters';

/** Two pages of one record each, one of whose details begins like a formula. */
function answerTo(url: URL): unknown {
  if (url.pathname === '/v1/errors')
    return {
      groups: [{ side: 'marketo', code: '1077', sentence: null, records: 2, since: '2026-11-28T03:00:00Z' }],
    };
  if (url.searchParams.get('code') === 'MARKETO_REFUSD') return { records: [], next: null };
  const isSecond = url.searchParams.get('after') === 'a';
  const trouble = { side: 'marketo', operation: 'UPDATE', code: '1077', sentence: null, field: 'fax' };
  return {
    records: [
      {
        ...{ goldenId: isSecond ? 'b' : 'a', kind: 'lead', rows: ['marketo/person/7'] },
        ...{ since: '2026-11-28T03:00:00Z', troubles: [{ ...trouble, detail: '=1+1' }] },
      },
    ],
    next: isSecond ? null : 'a',
  };
}

let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    const isAdmitted = request.headers.authorization === `Bearer ${token}`;
    const url = new URL(request.url ?? '', 'http://localhost');
    response.statusCode = isAdmitted ? 200 : 401;
    response.end(JSON.stringify(isAdmitted ? answerTo(url) : { code: 'API_UNAUTHORIZED', detail: null }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function printed(options: ErrorsOptions, given = token): Promise<string[]> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lines: string[] = [];
  const env = { LOCKSTEP_API_URL: url, LOCKSTEP_API_TOKEN: given };
  await showErrors(env, options, (line) => lines.push(line));
  return lines;
}

describe('the list of errors', () => {
  it('prints what waits by cause', async () => {
    expect((await printed({})).join('\n')).toMatch(/marketo.*1077.*2/);
    expect(JSON.parse((await printed({ json: true })).join('\n'))).toMatchObject([{ records: 2 }]);
  });

  it('prints records page after page, for a spreadsheet when asked', async () => {
    expect(await printed({ code: '1077' })).toEqual([
      '2026-11-28T03:00:00Z lead a marketo/person/7',
      '  marketo UPDATE fax 1077 =1+1',
      '2026-11-28T03:00:00Z lead b marketo/person/7',
      '  marketo UPDATE fax 1077 =1+1',
    ]);
    expect(await printed({ export: 'csv' })).toEqual([
      'goldenId,kind,since,side,operation,field,code,sentence,detail,rows',
      "a,lead,2026-11-28T03:00:00Z,marketo,UPDATE,fax,1077,,'=1+1,marketo/person/7",
      "b,lead,2026-11-28T03:00:00Z,marketo,UPDATE,fax,1077,,'=1+1,marketo/person/7",
    ]);
  });

  it('does not call all well when nothing has the code that was asked for, which may be misspelt', async () => {
    expect(await printed({ code: 'MARKETO_REFUSD' })).toEqual([
      'No errors with the code MARKETO_REFUSD; lockstep errors names all.',
    ]);
  });

  it('says by its code why the API does not answer', async () => {
    await expect(printed({}, 'wrong')).rejects.toMatchObject({ code: 'API_UNAUTHORIZED' });
    await expect(
      showErrors({ LOCKSTEP_API_URL: 'http://127.0.0.1:1' }, {}, () => undefined),
    ).rejects.toMatchObject({
      code: 'API_UNREACHABLE',
    });
    await expect(showErrors({}, {}, () => undefined)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
