import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SyncError } from '@lockstep/change-events';
import { parseSettings } from './parseSettings.ts';
import type { Environment, Setting } from './setting.ts';

const settings = [
  {
    name: 'KAFKA_BROKERS',
    description: 'Where Kafka is.',
    kind: 'list',
    required: true,
    shape: { pattern: /:\d+$/, words: 'host:port' },
  },
  { name: 'REGISTRY_URL', description: '', kind: 'url', default: 'http://${HOST}/v7' },
  { name: 'CALLS_PER_20S', description: '', kind: 'integer', default: '50', min: 1, max: 100 },
  { name: 'PAUSE_MIN_MS', description: '', kind: 'integer', default: '5', notAbove: 'PAUSE_MAX_MS' },
  { name: 'PAUSE_MAX_MS', description: '', kind: 'integer', default: '10' },
  { name: 'MATCH', description: '', kind: 'boolean', default: 'false' },
  { name: 'LEVEL', description: '', kind: 'choice', choices: ['low', 'high'], default: 'low' },
  { name: 'GROUP', description: '', kind: 'string', default: 'router', mayBeEmpty: true },
  { name: 'USER', description: '', kind: 'string', requires: ['PASSWORD'] },
  {
    name: 'PASSWORD',
    description: '',
    kind: 'string',
    secret: true,
    shape: { pattern: /^\S+$/, words: 'one word' },
  },
] as const satisfies readonly Setting[];

function faultsOf(env: Environment): SyncError {
  try {
    parseSettings(settings, env);
  } catch (error) {
    return error as SyncError;
  }
  throw new Error('The settings were accepted.');
}

describe('parseSettings', () => {
  it('gives typed values under camel-cased names, with defaults for what is unset or empty', () => {
    const config = parseSettings(settings, { KAFKA_BROKERS: ' a:1 , b:2 ', HOST: 'registry', LEVEL: '' });
    const brokers: readonly string[] = config.kafkaBrokers;
    const level: 'low' | 'high' = config.level;
    const user: string | undefined = config.user;

    expect({ ...config, brokers, level, user }).toEqual({
      kafkaBrokers: ['a:1', 'b:2'],
      brokers: ['a:1', 'b:2'],
      registryUrl: 'http://registry/v7',
      callsPer20s: 50,
      pauseMinMs: 5,
      pauseMaxMs: 10,
      match: false,
      level: 'low',
      group: 'router',
      user: undefined,
      password: undefined,
    });
  });

  it('reads given values by their kind and drops the slash at the end of a URL', () => {
    const env = {
      KAFKA_BROKERS: 'a:1',
      REGISTRY_URL: 'https://r/',
      CALLS_PER_20S: '7',
      MATCH: 'true',
      GROUP: '',
    };

    expect(parseSettings(settings, env)).toMatchObject({
      registryUrl: 'https://r',
      callsPer20s: 7,
      match: true,
      group: '',
    });
  });

  it('reports all faults at once, each under the name of its setting', () => {
    const error = faultsOf({
      REGISTRY_URL: 'ftp://r',
      CALLS_PER_20S: '101',
      PAUSE_MIN_MS: '11',
      MATCH: 'yes',
      LEVEL: 'middle',
      USER: 'me',
    });

    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.details).toEqual({
      KAFKA_BROKERS: 'is missing. Where Kafka is.',
      REGISTRY_URL: 'must be a URL that starts with http:// or https://.',
      CALLS_PER_20S: 'must be a whole number from 1 to 100.',
      PAUSE_MIN_MS: 'must not be above PAUSE_MAX_MS.',
      MATCH: 'must be true or false.',
      LEVEL: 'must be one of low, high.',
      USER: 'needs PASSWORD as well.',
    });
  });

  it('names the wrong item of a list', () => {
    expect(faultsOf({ KAFKA_BROKERS: 'a:1,b' }).details).toEqual({
      KAFKA_BROKERS: 'item 2 must be host:port.',
    });
    expect(faultsOf({ KAFKA_BROKERS: 'a:1,a:1' }).details).toEqual({ KAFKA_BROKERS: 'names an item twice.' });
    expect(faultsOf({ KAFKA_BROKERS: ' , ' }).details).toEqual({
      KAFKA_BROKERS: 'must name at least one item, separated by commas.',
    });
  });

  it.each(['1.5', '1e3', '0x10', 'ten', '99999999999999999999'])(
    'does not take %s for a whole number',
    (text) => {
      expect(faultsOf({ KAFKA_BROKERS: 'a:1', PAUSE_MAX_MS: text }).details).toHaveProperty('PAUSE_MAX_MS');
    },
  );

  it('quotes no value, so that no secret is printed', () => {
    const error = faultsOf({
      KAFKA_BROKERS: 'hunter2',
      CALLS_PER_20S: 'hunter2',
      USER: 'me',
      PASSWORD: 'hunter2 x',
    });

    expect(error.details['PASSWORD']).toBe('must be one word.');
    expect(`${error.message} ${error.stack}`).not.toContain('hunter2');
  });

  it('reads numbers with a fraction, and named lists', () => {
    const some = [
      { name: 'SHARE', description: '', kind: 'number', default: '0.5', min: 0, max: 1 },
      {
        name: 'COLUMNS',
        description: '',
        kind: 'lists',
        default: '',
        shape: { pattern: /^([a-z_]+|\*)$/, words: 'a column' },
      },
    ] as const satisfies readonly Setting[];
    const faultOf = (text: string) => {
      try {
        return parseSettings(some, { COLUMNS: text, SHARE: '2' }) && {};
      } catch (error) {
        return (error as SyncError).details;
      }
    };

    expect(parseSettings(some, { COLUMNS: ' lead = name, city ; new_visit=*;' })).toEqual({
      share: 0.5,
      columns: { lead: ['name', 'city'], new_visit: ['*'] },
    });
    expect(parseSettings(some, {})).toEqual({ share: 0.5, columns: {} });
    expect(faultOf('lead')).toEqual({
      SHARE: 'must be a number from 0 to 1.',
      COLUMNS: 'part 1 must be name=item,item, each a column.',
    });
    expect(faultOf('lead=*;lead=name')).toHaveProperty('COLUMNS', 'part 2 names a list twice.');
    expect(faultOf('lead=a;team=b,Name')).toHaveProperty('COLUMNS', 'part 2 item 2 must be a column.');
  });

  it('asks for one of several settings, refuses two that exclude each other, and lets one stand for another', () => {
    const some = [
      {
        name: 'ID',
        description: 'Who.',
        kind: 'string',
        requiredUnless: 'OTHER_ID',
        requiresOneOf: ['SECRET', 'SECRET_FILE'],
      },
      { name: 'SECRET', description: '', kind: 'string', secret: true, excludes: ['SECRET_FILE'] },
      { name: 'SECRET_FILE', description: '', kind: 'string' },
      { name: 'OTHER_ID', description: '', kind: 'string' },
    ] as const satisfies readonly Setting[];
    const faultsIn = (env: Environment) => {
      try {
        return parseSettings(some, env) && {};
      } catch (error) {
        return (error as SyncError).details;
      }
    };

    expect(faultsIn({})).toEqual({ ID: 'is missing, and so is OTHER_ID. Who.' });
    expect(faultsIn({ OTHER_ID: 'b' })).toEqual({});
    expect(faultsIn({ ID: 'a' })).toEqual({ ID: 'needs one of SECRET, SECRET_FILE as well.' });
    expect(faultsIn({ ID: 'a', SECRET: 's' })).toEqual({});
    expect(faultsIn({ ID: 'a', SECRET: 's', SECRET_FILE: 'f' })).toEqual({
      SECRET: 'must not be set beside SECRET_FILE.',
    });
  });

  it('refuses what counts only beside a switch that is on', () => {
    const some = [
      { name: 'TLS', description: '', kind: 'boolean', default: 'false' },
      { name: 'CA_FILE', description: '', kind: 'string', needsSwitch: 'TLS' },
    ] as const satisfies readonly Setting[];

    expect(() => parseSettings(some, { CA_FILE: 'a' })).toThrow(
      expect.objectContaining({ details: { CA_FILE: 'needs TLS=true as well.' } }),
    );
    expect(parseSettings(some, { TLS: 'true', CA_FILE: 'a' })).toEqual({ tls: true, caFile: 'a' });
  });

  describe('a secret in a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'settings-'));
    const fileWith = (text: string) => {
      const file = join(folder, String(text.length));
      writeFileSync(file, text);
      return file;
    };
    const env = { KAFKA_BROKERS: 'a:1' };

    it('counts as given, without the end of its line', () => {
      const config = parseSettings(settings, { ...env, USER: 'me', PASSWORD_FILE: fileWith('hunter2\n') });

      expect(config.password).toBe('hunter2');
    });

    it.each([
      [
        'beside the same in the environment',
        { PASSWORD: 'a', PASSWORD_FILE: fileWith('b') },
        'must not be set beside PASSWORD_FILE.',
      ],
      [
        'that is not there',
        { PASSWORD_FILE: join(folder, 'absent') },
        'cannot be read from the file that PASSWORD_FILE names.',
      ],
      ['that is empty', { PASSWORD_FILE: fileWith('\n') }, 'is empty in the file that PASSWORD_FILE names.'],
      ['of another form', { PASSWORD_FILE: fileWith('hunter2 x') }, 'must be one word.'],
    ])('is refused %s', (_, given, sentence) => {
      expect(faultsOf({ ...env, ...given }).details).toEqual({ PASSWORD: sentence });
    });

    it('is only looked for where the setting is a secret, and has no setting for its file', () => {
      const some = [
        { name: 'ID', description: '', kind: 'string' },
        { name: 'SECRET', description: '', kind: 'string', secret: true },
        { name: 'SECRET_FILE', description: '', kind: 'string' },
      ] as const satisfies readonly Setting[];
      const file = fileWith('from the file');

      expect(parseSettings(some, { ID_FILE: file, SECRET_FILE: file })).toEqual({ secretFile: file });
    });
  });
});
