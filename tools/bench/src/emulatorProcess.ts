import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { startChild, type Child } from './childProcess.ts';

/** A Dataverse emulator in a process of its own, without limits, and a client of it that inflates nothing. */
export type EmulatorProcess = {
  readonly values: Child['values'];
  readonly token: string;
  control<Answer>(path: string, body?: unknown): Promise<Answer>;
  /** The body of a page as it came over the wire. */
  page(address: string): Promise<Buffer>;
  close(): Promise<void>;
};

const generateTimeoutMs = 600_000;

async function fetchToken(values: Child['values']): Promise<string> {
  const dispatcher = new Agent({ connect: { ca: readFileSync(values['DATAVERSE_CA_FILE'] ?? '') } });
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: values['DATAVERSE_CLIENT_ID'] ?? '',
    client_secret: values['DATAVERSE_CLIENT_SECRET'] ?? '',
    scope: `${values['DATAVERSE_URL']}/.default`,
  });
  const answer = await request(`${values['DATAVERSE_TOKEN_AUTHORITY']}/oauth2/v2.0/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    dispatcher,
  });
  const { access_token: token } = (await answer.body.json()) as { access_token: string };
  await dispatcher.close();
  return token;
}

async function checked(answer: Awaited<ReturnType<typeof request>>): Promise<Buffer> {
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  if (answer.statusCode !== 200)
    throw new Error(`the emulator answered ${answer.statusCode}: ${String(bytes)}`);
  return bytes;
}

/** Room for millions of rows. */
const heapMaxMib = 6_144;

/** Starts the emulator. `prefer` goes with every page. */
export async function startEmulatorProcess(prefer: string): Promise<EmulatorProcess> {
  const child = await startChild({
    file: 'tools/dataverse-emulator/src/main.ts',
    environment: { DATAVERSE_EMULATOR_CONTROL: 'true' },
    lastName: 'DATAVERSE_CLIENT_SECRET',
    heapMaxMib,
  });
  const { values } = child;
  const url = values['DATAVERSE_URL'] ?? '';
  const control = async <Answer>(path: string, body?: unknown): Promise<Answer> => {
    const answer = await request(`${url}/_control/${path}`, {
      headersTimeout: generateTimeoutMs,
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return JSON.parse(String(await checked(answer))) as Answer;
  };
  await control('settings', { limits: { isEnabled: false }, tokenLifetimeSeconds: 86_400 });
  const token = await fetchToken(values);
  const headers = {
    authorization: `Bearer ${token}`,
    'accept-encoding': 'gzip',
    prefer,
  };
  return {
    values,
    token,
    control,
    page: async (address) =>
      checked(
        await request(address.startsWith('http') ? address : `${url}/api/data/v9.2/${address}`, { headers }),
      ),
    close: child.stop,
  };
}
