import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { SyncError } from '@lockstep/change-events';
import type { Kafka } from 'kafkajs';
import { createKafkaClient, type SaslSettings } from './createKafkaClient.ts';

/** The settings of the broker, as services and command line read them (docs/configuration.md). */
export type KafkaConfig = {
  readonly kafkaBrokers: readonly string[];
  readonly kafkaSsl: boolean;
  readonly kafkaCaFile?: string | undefined;
  readonly kafkaCertificateFile?: string | undefined;
  readonly kafkaCertificateKeyFile?: string | undefined;
  readonly kafkaSaslMechanism?: SaslSettings['mechanism'] | undefined;
  readonly kafkaSaslUsername?: string | undefined;
  readonly kafkaSaslPassword?: string | undefined;
};

type Print = (facts: Readonly<Record<string, unknown>>, sentence: string) => void;

/**
 * The broker of the settings, which is not connected before it is used. The files of TLS are read once. Throws CONFIG_INVALID when one
 * cannot be read or is not what it should be.
 */
export function openKafka(
  config: KafkaConfig,
  clientId: string,
  log?: Readonly<Record<'warn' | 'error', Print>>,
): Kafka {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = config;

  return createKafkaClient({
    brokers: config.kafkaBrokers,
    clientId,
    ssl: config.kafkaSsl && tlsOf(config),
    sasl: mechanism && username && password ? { mechanism, username, password } : undefined,
    ...(log && { log: (level, sentence, facts) => log[level](facts, sentence) }),
  });
}

type Files = Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>;

/** True trusts the well-known authorities, and those of NODE_EXTRA_CA_CERTS. */
function tlsOf(config: KafkaConfig): Files | true {
  const ca = textOf('KAFKA_CA_FILE', config.kafkaCaFile);
  const cert = textOf('KAFKA_CERTIFICATE_FILE', config.kafkaCertificateFile);
  const key = textOf('KAFKA_CERTIFICATE_KEY_FILE', config.kafkaCertificateKeyFile);
  // TLS passes over an authority that is none, and then trusts nobody.
  if (ca !== null) ensure('KAFKA_CA_FILE', 'a certificate in PEM form', () => new X509Certificate(ca));
  const pair = cert === null || key === null ? {} : { cert, key };
  const words = 'a certificate in PEM form, with the private key of KAFKA_CERTIFICATE_KEY_FILE';
  ensure('KAFKA_CERTIFICATE_FILE', words, () => createSecureContext(pair));
  const files = { ...(ca !== null && { ca }), ...pair };

  return Object.keys(files).length === 0 ? true : files;
}

function textOf(setting: string, file: string | undefined): string | null {
  if (file === undefined) return null;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SyncError('CONFIG_INVALID', { [setting]: 'names a file that cannot be read.' }, { cause });
  }
}

function ensure(setting: string, words: string, make: () => unknown): void {
  try {
    make();
  } catch (cause) {
    throw new SyncError('CONFIG_INVALID', { [setting]: `must name a file with ${words}.` }, { cause });
  }
}
