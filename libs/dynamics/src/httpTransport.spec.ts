import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import forge from 'node-forge';
import { createHttpTransport, type HttpTransport } from './httpTransport.ts';

type Version = 'TLSv1.2' | 'TLSv1.3';

/** A certificate for 127.0.0.1 that vouches for itself. */
function ownCertificate(): { readonly cert: string; readonly key: string } {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const made = forge.pki.createCertificate();
  made.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  made.validity.notAfter.setFullYear(made.validity.notBefore.getFullYear() + 1);
  made.setSubject([{ name: 'commonName', value: '127.0.0.1' }]);
  made.setIssuer([{ name: 'commonName', value: '127.0.0.1' }]);
  made.setExtensions([{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]);
  made.sign(forge.pki.privateKeyFromPem(pair.privateKey), forge.md.sha256.create());

  return { cert: forge.pki.certificateToPem(made), key: pair.privateKey };
}

const certificate = ownCertificate();
const opened: (HttpTransport | Server)[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function serve(maxVersion: Version, body: Buffer | string = 'ok'): Promise<string> {
  const server = createServer({ ...certificate, maxVersion }, (_request, response) => {
    if (typeof body !== 'string') response.setHeader('content-encoding', 'gzip');
    response.end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  opened.push(server);

  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function get(url: string, tlsMinVersion: Version, privateAuthority: string | null) {
  const transport = createHttpTransport({
    privateAuthority,
    tlsMinVersion,
    connectionsMax: 1,
    answerBytesMax: 64 * 1024 * 1024,
    requestTimeoutMs: 5000,
  });
  opened.unshift(transport);

  return transport.send({ method: 'GET', url, headers: {} });
}

describe('the way to the server', () => {
  it.each<[Version, Version]>([
    ['TLSv1.2', 'TLSv1.2'],
    ['TLSv1.2', 'TLSv1.3'],
    ['TLSv1.3', 'TLSv1.3'],
  ])('is taken from %s on when the server speaks %s', async (least, spoken) => {
    const answer = await get(await serve(spoken), least, certificate.cert);

    expect(answer).toMatchObject({ status: 200, text: 'ok' });
  });

  it('is not taken to a server that speaks an older TLS than the least one', async () => {
    const answer = get(await serve('TLSv1.2'), 'TLSv1.3', certificate.cert);

    await expect(answer).rejects.toMatchObject({ code: 'DYNAMICS_UNREACHABLE' });
  });

  it('is not taken to a server whose authority is not trusted', async () => {
    const answer = get(await serve('TLSv1.3'), 'TLSv1.2', null);

    await expect(answer).rejects.toMatchObject({
      code: 'DYNAMICS_UNREACHABLE',
      details: { reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
  });
});

describe('a compressed answer', () => {
  const read = async (body: Buffer) => get(await serve('TLSv1.3', body), 'TLSv1.3', certificate.cert);

  it.each([
    ['plain', 'row,'.repeat(50_000)],
    ['not only ASCII', '{"lastname":"Zoë €😀"}'.repeat(10_000)],
    ['empty', ''],
  ])('is read when its text is %s', async (_kind, text) => {
    expect(await read(gzipSync(text))).toMatchObject({ text });
  });

  it('is read when it comes in parts, of which only the last says how long it is', async () => {
    const long = 'first '.repeat(50_000);

    expect(await read(Buffer.concat([gzipSync(long), gzipSync('last')]))).toMatchObject({
      text: `${long}last`,
    });
  });

  it('is damaged when it ends too early', async () => {
    const answer = read(gzipSync('row,'.repeat(50_000)).subarray(0, -6));

    await expect(answer).rejects.toMatchObject({
      code: 'DYNAMICS_UNREACHABLE',
      details: { reason: 'Z_BUF_ERROR' },
    });
  });
});
