import type { Operation } from '../core/operation.ts';
import { operations } from '../core/operations.ts';
import { withEmulator, type TestClient } from '../testClient.ts';
import { openApiFile, readOpenApi, type Exchange, type OpenApi } from './openApi.ts';
import type { Send } from './send.ts';
import { useEverything } from './useEverything.ts';

/** What Marketo does and the document does not have. */
const undocumented = ['DELETE /rest/v1/leads.json'];

/** Asked of a writer by the document, and of a reader by the endpoint reference. */
const otherwisePermitted = ['GET /rest/v1/lists/(d+)/leads/ismember.json'];

/** The document's "Named Opportunity" is no permission anywhere else. */
const withoutSlip = (permission: string): string => permission.replace('Named Opportunity', 'Opportunity');

/** All calls of a client that uses everything, as they went over the wire. */
async function recordExchanges(client: TestClient): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = [];
  const send: Send = async (method, path, body) => {
    const url = new URL(`${client.url}/rest/v1/${path}`);
    const isForm = body instanceof FormData;
    const answer = await answerIn(
      isForm ? await sendForm(client, url, body) : await client.fetchRest(path, initOf(method, body)),
    );
    exchanges.push({ method, url, body: isForm ? undefined : body, answer });
    return answer?.result?.[0] ?? {};
  };
  await useEverything(client, send);
  return exchanges;
}

const initOf = (method: string, body: unknown): RequestInit =>
  body === undefined ? { method } : { method, body: JSON.stringify(body) };

const sendForm = ({ authorization }: TestClient, url: URL, body: FormData): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { authorization }, body });

/** The envelope of an answer, undefined for a file. */
async function answerIn(
  response: Response,
): Promise<{ readonly result?: readonly Readonly<Record<string, unknown>>[] } | undefined> {
  const isFile = response.headers.get('content-type')?.startsWith('application/json') !== true;
  return isFile ? undefined : ((await response.json()) as object);
}

const nameOf = ({ method, path }: Operation): string =>
  `${method} ${path.source.replaceAll('\\', '').replaceAll(/[\^$]/g, '')}`;

let exchanges: readonly Exchange[];
beforeAll(() =>
  withEmulator(async (client) => {
    exchanges = await recordExchanges(client);
  }),
);

function compareWith(openApi: OpenApi): void {
  it('allows every answer, and the calls that lead to them', () => {
    const faults = exchanges.flatMap((exchange) =>
      (openApi.faultsOf(exchange) ?? ['is not in the document']).map(
        (fault) => `${exchange.method} ${exchange.url.pathname}: ${fault}`,
      ),
    );

    expect(faults).toEqual([]);
  });

  it('asks for the same permissions', () => {
    const differing = exchanges.flatMap(({ method, url }) => {
      const operation = operations.find((one) => one.method === method && one.path.test(url.pathname));
      const asked = openApi.permissionsOf(method, url.pathname);
      const permission = operation?.permission ?? 'None';
      const isSame = asked?.map(withoutSlip).includes(permission) ?? true;
      return operation === undefined || isSame ? [] : [nameOf(operation)];
    });

    expect([...new Set(differing)]).toEqual(otherwisePermitted);
  });

  it('refuses an answer that is not as it says', () => {
    const [exchange] = exchanges;
    if (!exchange) throw new Error('nothing was sent');
    const answer = { ...(exchange.answer as object), requestId: 7, result: [{ id: 'one' }] };

    expect(openApi.faultsOf({ ...exchange, answer })).toEqual([
      'answer/requestId must be string',
      'answer/result/0/id must be integer',
    ]);
  });
}

describe('the published document of the API', () => {
  it('is compared with a use of every operation but those that it does not have', () => {
    const isUsed = ({ method, path }: Operation): boolean =>
      exchanges.some((exchange) => exchange.method === method && path.test(exchange.url.pathname));

    expect(operations.filter((operation) => !isUsed(operation)).map(nameOf)).toEqual(undocumented);
  });

  if (openApiFile !== undefined) compareWith(readOpenApi(openApiFile));
  else console.warn('MARKETO_OPENAPI_FILE is not set: no answer was compared with the published document.');
});
