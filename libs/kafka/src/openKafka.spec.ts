import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import forge from 'node-forge';
import { openKafka, type KafkaConfig } from './openKafka.ts';

const folder = mkdtempSync(join(tmpdir(), 'kafka-tls-'));

function fileWith(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** A certificate for 127.0.0.1 that vouches for itself, for both ends. */
function ownCertificate() {
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
  made.setExtensions([{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]);
  made.sign(forge.pki.privateKeyFromPem(pair.privateKey), forge.md.sha256.create());

  return { cert: forge.pki.certificateToPem(made), key: pair.privateKey };
}

const { cert, key } = ownCertificate();
const certificate = fileWith('cert.pem', cert);
const certificateKey = fileWith('key.pem', key);

const config = (files: Partial<KafkaConfig>): KafkaConfig => ({
  kafkaBrokers: ['127.0.0.1:9'],
  kafkaSsl: true,
  ...files,
});

describe('openKafka', () => {
  it('trusts the authority of the file and shows the certificate', async () => {
    const server = createServer({ cert, key, ca: cert, requestCert: true, rejectUnauthorized: true });
    const caller = new Promise<TLSSocket>((resolve) => server.once('secureConnection', resolve));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const files = {
      kafkaCaFile: certificate,
      kafkaCertificateFile: certificate,
      kafkaCertificateKeyFile: certificateKey,
    };
    const kafkaBrokers = [`127.0.0.1:${(server.address() as AddressInfo).port}`];
    const admin = openKafka({ ...config(files), kafkaBrokers }, 'spec').admin();

    const connecting = admin.connect().catch(() => undefined);
    const socket = await caller;

    expect(socket.getPeerCertificate().subject.CN).toBe('lockstep');
    socket.destroy();
    server.close();
    await admin.disconnect();
    await connecting;
  });

  it.each([
    ['an authority that is none', { kafkaCaFile: fileWith('none.pem', 'nothing') }, 'KAFKA_CA_FILE'],
    ['a file that is not there', { kafkaCaFile: join(folder, 'absent.pem') }, 'KAFKA_CA_FILE'],
    [
      'a certificate with the key of another',
      {
        kafkaCertificateFile: certificate,
        kafkaCertificateKeyFile: fileWith('other.pem', ownCertificate().key),
      },
      'KAFKA_CERTIFICATE_FILE',
    ],
  ])('refuses %s', (_, files, setting) => {
    let details: unknown;
    try {
      openKafka(config(files), 'spec');
    } catch (error) {
      details = (error as { details: unknown }).details;
    }

    expect(details).toHaveProperty(setting);
  });
});
