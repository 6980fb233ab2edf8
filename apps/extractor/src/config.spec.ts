import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { dynamicsTables } from '@lockstep/change-events';
import { misspeltSettings, settingsTable } from '@lockstep/service-runtime';
import { loadConfig, settings } from './config.ts';

const env = {
  KAFKA_BROKERS: 'kafka:9092',
  SCHEMA_REGISTRY_URL: 'http://registry:8080/apis/ccompat/v7',
  DATAVERSE_URL: 'https://contoso.crm.dynamics.com',
  DATAVERSE_TENANT_ID: 'contoso',
  DATAVERSE_CLIENT_ID: 'client',
  DATAVERSE_CLIENT_SECRET: 'hunter2',
};

function textOf(path: string): string {
  return readFileSync(join(__dirname, '../../..', path), 'utf8');
}

describe('configuration of the extractor', () => {
  it('needs only addresses and credentials', () => {
    const { instanceId, ...config } = loadConfig(env);

    expect(instanceId).not.toBe('');
    expect(config).toEqual({
      kafkaBrokers: ['kafka:9092'],
      kafkaSsl: false,
      kafkaSaslMechanism: undefined,
      kafkaSaslUsername: undefined,
      kafkaSaslPassword: undefined,
      schemaRegistryUrl: 'http://registry:8080/apis/ccompat/v7',
      schemaAutoRegister: true,
      topicPrefix: '',
      httpHost: '0.0.0.0',
      httpPort: 8081,
      logLevel: 'info',
      shutdownDeadlineMs: 15000,
      dataverseUrl: 'https://contoso.crm.dynamics.com',
      dataverseTenantId: 'contoso',
      dataverseCloud: 'public',
      dataverseTokenAuthority: undefined,
      dataverseCaFile: undefined,
      dataverseTlsMin: '1.2',
      dataverseShare: 0.5,
      dataverseReaderClientId: undefined,
      dataverseReaderClientSecret: undefined,
      dataverseReaderClientSecretFile: undefined,
      dataverseReaderCertificateFile: undefined,
      dataverseReaderCertificateKeyFile: undefined,
      dataverseReaderFederatedTokenFile: undefined,
      dataverseClientId: 'client',
      dataverseClientSecret: 'hunter2',
      dataverseClientSecretFile: undefined,
      dataverseCertificateFile: undefined,
      dataverseCertificateKeyFile: undefined,
      dataverseFederatedTokenFile: undefined,
      dataverseDailyRequests: 200_000,
      dynamicsTables: [...dynamicsTables],
      dynamicsColumns: {},
      tableGroup: 'all',
      hintKey: undefined,
      pageSizeMax: 5000,
      pollIntervalMinMs: 500,
      pollIntervalMaxMs: 30000,
      metadataIntervalMs: 21_600_000,
      compareIntervalHours: 0,
      newColumnsFrom: undefined,
      newColumnsTo: undefined,
      reconcilerGroup: 'lockstep.router',
      versionEpoch: 1,
    });
  });

  it('names every setting that is missing, and no other', () => {
    const required = Object.keys(env).filter((name) => name !== 'DATAVERSE_CLIENT_SECRET');

    expect(() => loadConfig({})).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        details: Object.fromEntries(required.map((name) => [name, expect.stringMatching(/^is missing/)])),
      }),
    );
  });

  it('takes a reader of its own in the place of the application user that writes', () => {
    const { DATAVERSE_CLIENT_ID, DATAVERSE_CLIENT_SECRET, ...places } = env;
    const reader = { DATAVERSE_READER_CLIENT_ID: 'reader', DATAVERSE_READER_CERTIFICATE_FILE: '/c.pem' };

    expect([DATAVERSE_CLIENT_ID, DATAVERSE_CLIENT_SECRET]).toEqual(['client', 'hunter2']);
    expect(loadConfig({ ...places, ...reader })).toMatchObject({
      dataverseReaderClientId: 'reader',
      dataverseReaderCertificateFile: '/c.pem',
      dataverseClientId: undefined,
    });
    expect(() => loadConfig({ ...places, ...reader, DATAVERSE_READER_CLIENT_SECRET: 's' })).toThrow(
      expect.objectContaining({
        details: {
          DATAVERSE_READER_CLIENT_SECRET: 'must not be set beside DATAVERSE_READER_CERTIFICATE_FILE.',
          DATAVERSE_READER_CERTIFICATE_FILE: 'must not be set beside DATAVERSE_READER_CLIENT_SECRET.',
        },
      }),
    );
  });

  it('names every wrong setting in a sentence', () => {
    const wrong = {
      KAFKA_BROKERS: 'kafka',
      TOPIC_PREFIX: 'a b',
      DATAVERSE_TOKEN_AUTHORITY: 'http://localhost/t',
      DYNAMICS_TABLES: 'lead,Contact',
      PAGE_SIZE_MAX: '5001',
      POLL_INTERVAL_MIN_MS: '40000',
    };

    expect(() => loadConfig({ ...env, ...wrong })).toThrow(
      expect.objectContaining({
        details: {
          KAFKA_BROKERS: 'item 1 must be host:port.',
          TOPIC_PREFIX: 'must be at most 100 letters, digits, dots, dashes and underscores.',
          DATAVERSE_TOKEN_AUTHORITY: 'must be a URL that starts with https://.',
          DYNAMICS_TABLES: 'item 2 must be a logical table name in lower case.',
          PAGE_SIZE_MAX: 'must be a whole number from 1 to 5000.',
          POLL_INTERVAL_MIN_MS: 'must not be above POLL_INTERVAL_MAX_MS.',
        },
      }),
    );
  });

  it('asks for user and password as soon as a way to sign in to Kafka is chosen', () => {
    expect(() => loadConfig({ ...env, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'me' })).toThrow(
      expect.objectContaining({ details: { KAFKA_SASL_MECHANISM: 'needs KAFKA_SASL_PASSWORD as well.' } }),
    );
  });

  it('takes columns per table', () => {
    const config = loadConfig({ ...env, DYNAMICS_COLUMNS: 'account=name,telephone1;new_visit=*' });

    expect(config.dynamicsColumns).toEqual({ account: ['name', 'telephone1'], new_visit: ['*'] });
    expect(() => loadConfig({ ...env, DYNAMICS_COLUMNS: 'account=Name' })).toThrow(
      expect.objectContaining({
        details: { DYNAMICS_COLUMNS: 'part 1 item 1 must be a logical name in lower case.' },
      }),
    );
  });

  it('runs alone when the group of the reconciler is set to nothing', () => {
    expect(loadConfig({ ...env, RECONCILER_GROUP: '' }).reconcilerGroup).toBe('');
  });

  it('is documented row by row, and its example works', () => {
    const example = textOf('.env.example');

    expect(textOf('docs/configuration.md')).toContain(`## Extractor\n\n${settingsTable(settings)}\n`);
    expect(() => loadConfig(parseEnv(example))).not.toThrow();
    expect(settings.filter(({ name }) => !new RegExp(`^(# )?${name}=`, 'm').test(example))).toEqual([]);
  });

  it('takes no setting of another service for one of its own that is misspelt', () => {
    const names = [...textOf('.env.example').matchAll(/^(?:# )?([A-Z_0-9]+)=/gm)].map(
      ([, name = '']) => name,
    );

    expect(names.flatMap((name) => misspeltSettings(settings, { [name]: 'x' }))).toEqual([]);
  });
});
