import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { misspeltSettings, settingsTable } from '@lockstep/service-runtime';
import { loadConfig, schemaWishesOf, settings } from './config.ts';

const env = {
  KAFKA_BROKERS: 'kafka:9092',
  SCHEMA_REGISTRY_URL: 'http://registry:8080/apis/ccompat/v7',
  MARKETO_URL: 'https://000-AAA-000.mktorest.com/',
  MARKETO_CLIENT_ID: 'client',
  MARKETO_CLIENT_SECRET: 'hunter2',
  MONGODB_URL: 'mongodb://one:27017,two:27017/?replicaSet=rs0',
};

function textOf(path: string): string {
  return readFileSync(join(__dirname, '../../..', path), 'utf8');
}

describe('configuration of the marketing service', () => {
  it('needs only addresses and credentials', () => {
    expect(loadConfig(env)).toMatchObject({
      httpPort: 8082,
      marketoUrl: 'https://000-AAA-000.mktorest.com',
      marketoClientId: 'client',
      marketoClientSecret: 'hunter2',
      marketoShare: 0.5,
      marketoCallsPer20s: 100,
      marketoConcurrentMax: 10,
      marketoCallsPerDay: 50_000,
      feedIntervalMinMs: 5000,
      feedIntervalMaxMs: 60_000,
      deletedIntervalMs: 300_000,
      marketoCompareIntervalHours: 0,
      mongodbUrl: 'mongodb://one:27017,two:27017/?replicaSet=rs0',
      mongodbDatabase: 'lockstep',
    });
  });

  it('names every setting that is missing, and no other', () => {
    expect(() => loadConfig({})).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        details: Object.fromEntries(
          Object.keys(env).map((name) => [name, expect.stringMatching(/^is missing/)]),
        ),
      }),
    );
  });

  it('does not go beyond the limits of Marketo, and quotes no secret', () => {
    const wrong = { MARKETO_CALLS_PER_20S: '101', MARKETO_CONCURRENT_MAX: '11', MONGODB_URL: 'u:hunter2@db' };

    expect(() => loadConfig({ ...env, ...wrong })).toThrow(
      expect.objectContaining({
        details: {
          MARKETO_CALLS_PER_20S: 'must be a whole number from 1 to 100.',
          MARKETO_CONCURRENT_MAX: 'must be a whole number from 1 to 10.',
          MONGODB_URL: 'must be a mongodb:// or mongodb+srv:// address.',
        },
        message: expect.not.stringContaining('hunter2'),
      }),
    );
  });

  it('reads the custom object types and what may be made of the schema', () => {
    const config = loadConfig({
      ...env,
      MARKETO_CUSTOM_TYPES: 'car=vin:key,year:integer,owner:link:lead.lockstepId;ship=name:string:key',
      MARKETO_MAY_CREATE: 'custom-types',
    });

    expect(schemaWishesOf(config)).toEqual({
      mayCreate: ['custom-types'],
      customTypes: [
        {
          apiName: 'car',
          fields: [
            { name: 'vin', type: 'string', isKey: true },
            { name: 'year', type: 'integer', isKey: false },
            { name: 'owner', type: { object: 'lead', field: 'lockstepId' }, isKey: false },
          ],
        },
        { apiName: 'ship', fields: [{ name: 'name', type: 'string', isKey: true }] },
      ],
    });
    expect(schemaWishesOf(loadConfig(env))).toEqual({ customTypes: [], mayCreate: [] });
  });

  it.each([
    ['car=vin', 'part 1 needs one to 3 fields with :key.'],
    ['car=a:key,b:key,c:key,d:key', 'part 1 needs one to 3 fields with :key.'],
    ['car=vin:key,vin:integer', 'part 1 names a field twice.'],
    ['ship=name:key;car:key=vin:key', 'part 2 must begin with the name of a type.'],
    ['car=vin:stone:key', expect.stringMatching(/^part 1 item 1 must be a name with :string, /)],
  ])('refuses custom object types that Marketo could not have: %s', (types, sentence) => {
    expect(() => loadConfig({ ...env, MARKETO_CUSTOM_TYPES: types })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', details: { MARKETO_CUSTOM_TYPES: sentence } }),
    );
  });

  it('is documented row by row, and its example works', () => {
    const example = textOf('.env.example');

    expect(textOf('docs/configuration.md')).toContain(`## Marketing\n\n${settingsTable(settings)}\n`);
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
