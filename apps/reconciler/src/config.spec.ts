import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { misspeltSettings, settingsTable } from '@lockstep/service-runtime';
import { loadConfig, settings } from './config.ts';

const env = {
  KAFKA_BROKERS: 'kafka:9092',
  SCHEMA_REGISTRY_URL: 'http://registry:8080/apis/ccompat/v7',
  DATAVERSE_URL: 'https://contoso.crm.dynamics.com',
  DATAVERSE_TENANT_ID: 'contoso',
  DATAVERSE_CLIENT_ID: 'client',
  DATAVERSE_CLIENT_SECRET: 'hunter2',
  MONGODB_URL: 'mongodb://db:27017',
};

function textOf(path: string): string {
  return readFileSync(join(__dirname, '../../..', path), 'utf8');
}

describe('configuration of the reconciler', () => {
  it('needs only addresses and credentials, and matches by ids unless told otherwise', () => {
    expect(loadConfig(env)).toMatchObject({
      httpPort: 8083,
      dataverseCloud: 'public',
      dataverseTlsMin: '1.2',
      dataverseShare: 0.5,
      dataverseClientId: 'client',
      mongodbUrl: 'mongodb://db:27017',
      mongodbDatabase: 'lockstep',
      matchByEmail: false,
      dynamicsWritesInFlightMax: 16,
      sweepIntervalMs: 1000,
    });
    expect(loadConfig({ ...env, MATCH_BY_EMAIL: 'true' }).matchByEmail).toBe(true);
  });

  it('writes nothing before an operator says so, unless told otherwise', () => {
    expect(loadConfig(env)).toMatchObject({ writeToDynamics: 'observe', writeToMarketo: 'observe' });
    expect(loadConfig({ ...env, WRITE_TO_MARKETO: 'on' }).writeToMarketo).toBe('on');
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

  it('asks for one proof of who the application user is', () => {
    const { DATAVERSE_CLIENT_SECRET, ...unproven } = env;

    expect(() => loadConfig(unproven)).toThrow(
      expect.objectContaining({
        details: { DATAVERSE_CLIENT_ID: expect.stringMatching(/^needs one of DATAVERSE_CLIENT_SECRET, /) },
      }),
    );
    expect(loadConfig({ ...unproven, DATAVERSE_FEDERATED_TOKEN_FILE: '/token' }).dataverseClientSecret).toBe(
      undefined,
    );
    expect(DATAVERSE_CLIENT_SECRET).toBe('hunter2');
  });

  it('does not write more at a time than Dataverse allows', () => {
    expect(() => loadConfig({ ...env, DYNAMICS_WRITES_IN_FLIGHT_MAX: '53' })).toThrow(
      expect.objectContaining({
        details: { DYNAMICS_WRITES_IN_FLIGHT_MAX: 'must be a whole number from 1 to 52.' },
      }),
    );
  });

  it('is documented row by row, and its example works', () => {
    const example = textOf('.env.example');

    expect(textOf('docs/configuration.md')).toContain(`## Reconciler\n\n${settingsTable(settings)}\n`);
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
