import { settingDocFaults } from './settingDocFaults.ts';

const settings = [{ name: 'KAFKA_BROKERS' }, { name: 'MONGODB_URL' }];

describe('settingDocFaults', () => {
  it('is content when settings and rows are the same set', () => {
    const markdown =
      '| setting | what |\n| --- | --- |\n| `KAFKA_BROKERS` | a |\n| `MONGODB_URL` | b \\| c |\n';

    expect(settingDocFaults([...settings, { name: 'MONGODB_URL' }], markdown)).toEqual([]);
  });

  it('names what is missing on either side', () => {
    expect(settingDocFaults(settings, '| `KAFKA_BROKERS` | a |\n| `OLD_NAME` | b |')).toEqual([
      'docs/configuration.md lacks MONGODB_URL.',
      'docs/configuration.md names OLD_NAME, which no app reads.',
    ]);
  });
});
