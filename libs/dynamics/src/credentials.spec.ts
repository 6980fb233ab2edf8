import { createSign, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDataverseEmulator, type DataverseEmulator } from '@lockstep/dataverse-emulator';
import { tableDefinitions, type TableDefinition } from '@lockstep/change-events';
import forge from 'node-forge';
import { createDynamics, type Dynamics, type DynamicsOptions } from './createDynamics.ts';
import type { DynamicsCredential } from './credentials.ts';
import type { DataverseRequest } from './dataverseClient.ts';

type Json = Readonly<Record<string, unknown>>;

const lead = tableDefinitions['lead'] as TableDefinition;
const never = new AbortController().signal;

let emulator: DataverseEmulator;
let folder: string;
const opened: Dynamics[] = [];
const requests: DataverseRequest[] = [];
beforeAll(async () => {
  emulator = await startDataverseEmulator({ control: true });
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((dynamics) => dynamics.close()));
  requests.length = 0;
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

async function control(path: string, body: Json): Promise<Json> {
  const answer = await fetch(`${emulator.url}/_control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);

  return (await answer.json()) as Json;
}

async function application(credentials: Json = {}): Promise<string> {
  return String((await control('applications', credentials))['clientId']);
}

async function openAs(
  clientId: string,
  credential: DynamicsCredential,
  options: Partial<DynamicsOptions> = {},
): Promise<Dynamics> {
  const { clientSecret: _clientSecret, ...address } = emulator;
  const dynamics = await createDynamics({
    ...address,
    clientId,
    credential,
    onRequest: (request) => requests.push(request),
    ...options,
  });
  opened.push(dynamics);

  return dynamics;
}

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);

  return path;
};
const read = (dynamics: Dynamics) => dynamics.newestVersion(lead, never);

/** A certificate signed with its own key, as one uploads it to an app registration. */
function certificate(): { readonly cert: string; readonly key: string } {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const made = forge.pki.createCertificate();
  made.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  made.validity.notAfter.setFullYear(made.validity.notBefore.getFullYear() + 1);
  made.setSubject([{ name: 'commonName', value: 'lockstep' }]);
  made.setIssuer([{ name: 'commonName', value: 'lockstep' }]);
  made.sign(forge.pki.privateKeyFromPem(pair.privateKey), forge.md.sha256.create());

  return { cert: forge.pki.certificateToPem(made), key: pair.privateKey };
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function platformToken(expiresInSeconds: number): string {
  const part = (value: Json) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const nowSeconds = Math.floor(performance.timeOrigin / 1000) + Math.floor(performance.now() / 1000);
  const payload = {
    iss: 'https://cluster',
    sub: 'lockstep',
    aud: 'exchange',
    exp: nowSeconds + expiresInSeconds,
  };
  const head = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(payload)}`;

  return `${head}.${createSign('RSA-SHA256').update(head).sign(privateKey, 'base64url')}`;
}

describe('the credentials of an application', () => {
  it('sign in with a certificate and its key', async () => {
    const { cert, key } = certificate();
    const clientId = await application({ publicKeyPem: cert });
    const certificateFile = await file('certificate.pem', cert);
    const keyFile = await file('key.pem', key);

    const dynamics = await openAs(clientId, { kind: 'certificate', certificateFile, keyFile });

    expect(await read(dynamics)).toBe(0);
  });

  it('sign in with a certificate and key in one file', async () => {
    const { cert, key } = certificate();
    const clientId = await application({ publicKeyPem: cert });
    const certificateFile = await file('both.pem', `${key}\n${cert}`);

    expect(await read(await openAs(clientId, { kind: 'certificate', certificateFile }))).toBe(0);
  });

  it('are refused with a certificate that the application does not have', async () => {
    const { cert, key } = certificate();
    const certificateFile = await file('strange.pem', `${cert}\n${key}`);
    const dynamics = await openAs(await application(), { kind: 'certificate', certificateFile });

    await expect(read(dynamics)).rejects.toMatchObject({ code: 'DYNAMICS_CREDENTIALS' });
  });

  it('change without a restart when certificate and key in the file are exchanged', async () => {
    const [former, next] = [certificate(), certificate()];
    const clientId = await application({ publicKeyPem: next.cert });
    const certificateFile = await file('exchanged.pem', `${former.key}\n${former.cert}`);
    const dynamics = await openAs(clientId, { kind: 'certificate', certificateFile });
    await expect(read(dynamics)).rejects.toMatchObject({ code: 'DYNAMICS_CREDENTIALS' });

    await writeFile(certificateFile, `${next.key}\n${next.cert}`);

    expect(await read(dynamics)).toBe(0);
  });

  it('sign in with the token that the platform keeps in a file, read again for each token', async () => {
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' });
    const federated = { issuer: 'https://cluster', subject: 'lockstep', audience: 'exchange', publicKeyPem };
    const clientId = await application({ federated });
    const tokenFile = await file('token', platformToken(-3600));
    const dynamics = await openAs(clientId, { kind: 'workloadIdentity', tokenFile });
    await expect(read(dynamics)).rejects.toMatchObject({ code: 'DYNAMICS_CREDENTIALS' });

    await writeFile(tokenFile, `${platformToken(600)}\n`);

    expect(await read(dynamics)).toBe(0);
  });

  it('change without a restart when the secret in the file is exchanged', async () => {
    const clientId = await application({ secrets: [{ value: 'first' }] });
    const secretFile = await file('secret', 'first\n');
    const dynamics = await openAs(clientId, { kind: 'secretFile', secretFile });
    await read(dynamics);
    await writeFile(secretFile, 'second\n');
    await control(`applications/${clientId}`, { secrets: [{ value: 'second' }] });
    await control('clock', { advanceMs: 2 * 60 * 60 * 1000 });

    expect(await read(dynamics)).toBe(0);
    expect(requests.map(({ status }) => status)).toEqual([200, 401, 200]);
  });

  it.each<[string, DynamicsCredential]>([
    ['is missing', { kind: 'secretFile', secretFile: '/nowhere/secret' }],
    ['is missing', { kind: 'workloadIdentity', tokenFile: '/nowhere/token' }],
    ['holds no certificate', { kind: 'certificate', certificateFile: __filename }],
  ])('are named as unusable when a file %s', async (_what, credential) => {
    const dynamics = await openAs(await application(), credential);

    await expect(read(dynamics)).rejects.toMatchObject({ code: 'DYNAMICS_CREDENTIALS' });
  });

  it('are asked for by configuration', async () => {
    const { clientSecret: _clientSecret, ...address } = emulator;

    await expect(createDynamics(address)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('answer a claims challenge with a token that meets it', async () => {
    const clientId = await application({ secrets: [{ value: 'first' }] });
    const dynamics = await openAs(clientId, { kind: 'secret', secret: 'first' });
    await read(dynamics);
    await control('clock', { advanceMs: 1500 });
    await control(`applications/${clientId}`, { revokeTokens: true });
    await control('clock', { advanceMs: 1500 });

    expect(await read(dynamics)).toBe(0);
    expect(requests.map(({ status }) => status)).toEqual([200, 401, 200]);
  });
});

describe('two application users', () => {
  const limits = { requestsMax: 30, executionMsMax: 60_000, windowMs: 1000 };
  const lowered = {
    isEnabled: true,
    requestsMax: 30,
    windowSeconds: 1,
    executionTimeMsMax: 60_000,
    concurrentRequestsMax: 12,
    recommendedParallelism: 6,
  };
  const many = (dynamics: Dynamics, count: number) =>
    Promise.all(Array.from({ length: count }, () => read(dynamics)));

  it('have limits of their own, within which no request is refused at half a share', async () => {
    await control('settings', { limits: lowered });
    const secrets = [{ value: 'secret' }];
    const credential = { kind: 'secret', secret: 'secret' } as const;
    const reader = await openAs(await application({ secrets }), credential, { limits });
    const writer = await openAs(await application({ secrets }), credential, { limits });
    const startedMs = performance.now();

    await Promise.all([many(reader, 40), many(writer, 40)]);

    expect(requests.map(({ status }) => status)).toEqual(Array.from({ length: 80 }, () => 200));
    expect(performance.now() - startedMs).toBeGreaterThan(1800);
    expect(reader.budget.report().used).toBe(40);
  });

  it('would be refused above the limits', async () => {
    await control('settings', { limits: lowered });
    const clientId = await application({ secrets: [{ value: 'secret' }] });
    const careless = { ...limits, requestsMax: 1000 };
    const dynamics = await openAs(clientId, { kind: 'secret', secret: 'secret' }, { limits: careless });
    await many(dynamics, 50);

    expect(requests.map(({ status }) => status)).toContain(429);
  });
});
