import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { demoApiToken, howToLookAround } from './howToLookAround.ts';
import type { World } from './world.ts';

const world = {
  systems: { dataverse: { url: 'http://dataverse' }, marketo: { url: 'http://marketo' } },
  topics: { kafkaBrokers: '127.0.0.1:9', schemaRegistryUrl: 'http://registry', topicPrefix: '' },
  mongo: { mongodbUrl: 'mongodb://db/?a=b&c=d', mongodbDatabase: 'lockstep' },
  services: null,
} as unknown as World;

describe('how to look around', () => {
  it('gives the command line what it needs, the API of the reconciler with it', () => {
    const exported = howToLookAround(world).filter((line) => line.includes('export '));

    expect(parseEnv(exported.map((line) => line.replace('export ', '')).join('\n'))).toEqual({
      KAFKA_BROKERS: '127.0.0.1:9',
      SCHEMA_REGISTRY_URL: 'http://registry',
      MONGODB_URL: 'mongodb://db/?a=b&c=d',
      MONGODB_DATABASE: 'lockstep',
      LOCKSTEP_API_URL: 'http://127.0.0.1:8083',
      LOCKSTEP_API_TOKEN: demoApiToken,
    });
  });

  it('names the token that the compose stack has', () => {
    const settings = parseEnv(readFileSync(join(__dirname, '../../../deploy/demo.env'), 'utf8'));

    expect(settings['API_TOKEN']).toBe(demoApiToken);
  });
});
