import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { DetailedPeerCertificate } from 'node:tls';
import type { Systems } from './systems.ts';
import type { TopicsAccess } from './topicReader.ts';
import type { MongoAccess } from './checkInvariants.ts';
import type { Closers } from './world.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where docker-compose.yml publishes its services, and the identities it gives its emulators. */
const composeDefaults = {
  KAFKA_BROKERS: '127.0.0.1:19092',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:18080/apis/ccompat/v7',
  TOPIC_PREFIX: '',
  MONGODB_URL: 'mongodb://127.0.0.1:17017/?directConnection=true',
  MONGODB_DATABASE: 'lockstep',
  DATAVERSE_URL: 'http://127.0.0.1:15000',
  DATAVERSE_TENANT_ID: '11111111-1111-4111-8111-111111111111',
  DATAVERSE_TOKEN_HOST: '127.0.0.1:15443',
  DATAVERSE_CLIENT_ID: '22222222-2222-4222-8222-222222222222',
  DATAVERSE_CLIENT_SECRET: 'demo-only-secret',
  DATAVERSE_CA_FILE: '',
  MARKETO_URL: 'http://127.0.0.1:15001',
  MARKETO_CLIENT_ID: 'demo-client',
  MARKETO_CLIENT_SECRET: 'demo-only-secret',
} as const;

export type ComposeAccess = {
  readonly systems: Systems;
  readonly topics: TopicsAccess;
  readonly mongo: MongoAccess | null;
};

/** The addresses of a compose stack: from the environment, else where docker-compose.yml publishes them. */
export async function composeAccess(env: Environment, closers: Closers): Promise<ComposeAccess> {
  const read = (name: keyof typeof composeDefaults): string => env[name] ?? composeDefaults[name];
  const tokenHost = read('DATAVERSE_TOKEN_HOST');
  const caFile = read('DATAVERSE_CA_FILE') || (await saveAuthority(tokenHost, closers));
  const mongodbUrl = read('MONGODB_URL');
  return {
    systems: {
      dataverse: {
        url: read('DATAVERSE_URL'),
        tenantId: read('DATAVERSE_TENANT_ID'),
        tokenAuthority: `https://${tokenHost}/${read('DATAVERSE_TENANT_ID')}`,
        caFile,
        clientId: read('DATAVERSE_CLIENT_ID'),
        clientSecret: read('DATAVERSE_CLIENT_SECRET'),
      },
      marketo: {
        url: read('MARKETO_URL'),
        clientId: read('MARKETO_CLIENT_ID'),
        clientSecret: read('MARKETO_CLIENT_SECRET'),
      },
    },
    topics: {
      kafkaBrokers: read('KAFKA_BROKERS'),
      schemaRegistryUrl: read('SCHEMA_REGISTRY_URL'),
      topicPrefix: read('TOPIC_PREFIX'),
    },
    mongo: mongodbUrl === '' ? null : { mongodbUrl, mongodbDatabase: read('MONGODB_DATABASE') },
  };
}

/**
 * The emulator makes an authority of its own at every start, inside its container. For this demo, on this machine, the
 * one that the token endpoint shows is trusted.
 */
async function saveAuthority(tokenHost: string, closers: Closers): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-demo-ca-'));
  closers.add(() => rm(folder, { recursive: true, force: true }));
  const caFile = join(folder, 'ca.pem');
  const certificate = (await readAuthority(tokenHost)).raw.toString('base64');
  const lines = certificate.match(/.{1,64}/g) ?? [];
  await writeFile(
    caFile,
    ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  );
  return caFile;
}

function readAuthority(tokenHost: string): Promise<DetailedPeerCertificate> {
  const [host = '', port = '443'] = tokenHost.split(':');
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false, timeout: 5_000 });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error(`no answer from ${tokenHost}`)));
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate(true).issuerCertificate);
      socket.end();
    });
  });
}
