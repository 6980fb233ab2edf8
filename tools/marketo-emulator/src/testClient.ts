import { startMarketoEmulator } from './startMarketoEmulator.ts';

type Json = Readonly<Record<string, unknown>>;

/** One record of a Sync Leads or Delete Leads answer. */
export interface RecordOutcome {
  readonly id?: number;
  readonly status: string;
  readonly reasons?: readonly { code: string; message: string }[];
}

/** An answer's envelope, as far as the tests look at it. */
export interface Envelope<Row> {
  readonly requestId: string;
  readonly success: boolean;
  readonly result?: readonly Row[];
  readonly errors?: readonly { code: string; message: string }[];
  readonly nextPageToken?: string;
  readonly moreResult?: boolean;
}

/** A row of leadchanges.json. */
export interface ChangeRow {
  readonly id: number;
  readonly marketoGUID: string;
  readonly leadId: number;
  readonly activityDate: string;
  readonly activityTypeId: number;
  readonly fields: readonly { name: string; newValue: string | null; oldValue: string | null }[];
  readonly attributes: readonly { name: string; value: string | null }[];
}

/** Plain HTTP to one emulator: no retries, no parsing beyond JSON. */
export interface TestClient {
  readonly url: string;
  readonly authorization: string;
  readonly token: (clientSecret?: string) => Promise<Response>;
  readonly fetchRest: (path: string, init?: RequestInit) => Promise<Response>;
  readonly get: <Row = Json>(path: string) => Promise<Envelope<Row>>;
  readonly post: <Row = RecordOutcome>(path: string, body: unknown) => Promise<Envelope<Row>>;
  readonly upsert: (input: readonly Json[], more?: Json) => Promise<readonly RecordOutcome[]>;
  readonly control: <Answer = Json>(method: string, path: string, body?: unknown) => Promise<Answer>;
}

/** Runs a test against an emulator of its own, without latency and with the control API. */
export async function withEmulator(test: (client: TestClient) => Promise<void>): Promise<void> {
  const emulator = await startMarketoEmulator({ control: true });
  try {
    await test(await createClient(emulator));
  } finally {
    await emulator.close();
  }
}

async function createClient(emulator: {
  url: string;
  clientId: string;
  clientSecret: string;
}): Promise<TestClient> {
  const { url, clientId } = emulator;
  const token = (clientSecret = emulator.clientSecret): Promise<Response> =>
    fetch(
      `${url}/identity/oauth/token?grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}`,
    );
  const control = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    return parse<Answer>(await fetch(`${url}/_control/${path}`, init));
  };
  await control('POST', 'settings', { latencyMs: 0, raceWindowMs: 0 });
  const { access_token } = await parse<{ access_token: string }>(await token());
  return { url, token, control, ...restCalls(url, `Bearer ${access_token}`) };
}

function restCalls(
  url: string,
  authorization: string,
): Pick<TestClient, 'authorization' | 'fetchRest' | 'get' | 'post' | 'upsert'> {
  const headers = { authorization, 'content-type': 'application/json' };
  const fetchRest = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}/rest/v1/${path}`, { ...init, headers: { ...headers, ...init.headers } });
  const post = async <Row>(path: string, body: unknown): Promise<Envelope<Row>> =>
    parse(await fetchRest(path, { method: 'POST', body: JSON.stringify(body) }));
  return {
    authorization,
    fetchRest,
    get: async (path) => parse(await fetchRest(path)),
    post,
    upsert: async (input, more = {}) =>
      (await post<RecordOutcome>('leads.json', { ...more, input })).result ?? [],
  };
}

/** Sends calls below `/rest/v1/` as one user. */
export type Call = <Row = Json>(method: string, path: string, body?: unknown) => Promise<Envelope<Row>>;

/** Calls as a user that the control API made, through a service of its own. */
export async function callAs({ url, control }: TestClient, userId: string): Promise<Call> {
  const credentials = await control<Record<'clientId' | 'clientSecret', string>>('POST', 'services', {
    userId,
  });
  const authorization = `Bearer ${await tokenOf(url, credentials)}`;
  const headers = { authorization, 'content-type': 'application/json' };
  return async (method, path, body) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    return parse(await fetch(`${url}/rest/v1/${path}`, { ...init, headers }));
  };
}

async function tokenOf(
  url: string,
  { clientId, clientSecret }: Readonly<Record<'clientId' | 'clientSecret', string>>,
): Promise<string> {
  const query = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const response = await fetch(`${url}/identity/oauth/token?${new URLSearchParams(query).toString()}`);
  return (await parse<{ access_token: string }>(response)).access_token;
}

/** The JSON of an answer in the shape that the caller expects. */
export async function parse<Answer>(response: Response): Promise<Answer> {
  return (await response.json()) as Answer;
}

/** Start token for a datetime, ready for a query string. */
export async function tokenSince(client: TestClient, since = '2020-01-01T00:00:00Z'): Promise<string> {
  const { nextPageToken } = await client.get(`activities/pagingtoken.json?sinceDatetime=${since}`);
  return encodeURIComponent(nextPageToken ?? '');
}
