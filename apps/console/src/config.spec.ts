import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsTable } from '@lockstep/service-runtime';
import { loadStoreConfig, loadTopicConfig, settings } from './config.ts';

describe('configuration of the command line', () => {
  it('asks each command only for what it uses', () => {
    expect(loadTopicConfig({ KAFKA_BROKERS: 'kafka:9092' })).toMatchObject({
      topicPrefix: '',
      topicReplicationFactor: 1,
    });
    expect(loadStoreConfig({ MONGODB_URL: 'mongodb://db:27017' }).mongodbDatabase).toBe('lockstep');
  });

  it('names what is missing', () => {
    expect(() => loadTopicConfig({ TOPIC_MIN_INSYNC_REPLICAS: '3' })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        details: expect.objectContaining({
          KAFKA_BROKERS: expect.stringMatching(/^is missing/),
          TOPIC_MIN_INSYNC_REPLICAS: 'must not be above TOPIC_REPLICATION_FACTOR.',
        }),
      }),
    );
  });

  it('is documented row by row, and in the example', () => {
    const textOf = (file: string) => readFileSync(join(__dirname, '../../..', file), 'utf8');
    const example = textOf('.env.example');

    expect(textOf('docs/configuration.md')).toContain(settingsTable(settings));
    expect(settings.filter(({ name }) => !new RegExp(`^(# )?${name}=`, 'm').test(example))).toEqual([]);
  });
});
