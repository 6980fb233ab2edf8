import { chooseProviders, readAddresses, toEnvironment } from './chooseProviders.ts';

const addresses = {
  KAFKA_BROKERS: 'broker:9092',
  MONGODB_URL: 'mongodb://database',
  SCHEMA_REGISTRY_URL: 'http://registry',
};

describe('chooseProviders', () => {
  it('prefers addresses in the environment when all three are set', () => {
    expect(chooseProviders('auto', addresses)).toEqual(['external']);
  });

  it('tries an engine first and falls back to native processes when an address is missing', () => {
    expect(chooseProviders('auto', { ...addresses, MONGODB_URL: ' ' })).toEqual(['docker', 'native']);
  });

  it('lets LOCKSTEP_STACK decide what auto means, without a fallback', () => {
    expect(chooseProviders('auto', { ...addresses, LOCKSTEP_STACK: 'native' })).toEqual(['native']);
    expect(chooseProviders('auto', { ...addresses, LOCKSTEP_STACK: 'auto' })).toEqual(['external']);
  });

  it('lets an explicit choice win over LOCKSTEP_STACK', () => {
    expect(chooseProviders('docker', { LOCKSTEP_STACK: 'native' })).toEqual(['docker']);
  });

  it('names every missing address of an external stack at once', () => {
    const choose = (): unknown => chooseProviders('external', { KAFKA_BROKERS: 'broker:9092' });
    expect(choose).toThrow(expect.objectContaining({ name: 'StackSetupError' }));
    expect(choose).toThrow(/MONGODB_URL is not set.*\nSCHEMA_REGISTRY_URL is not set/);
  });

  it('refuses an unknown choice by name', () => {
    expect(() => chooseProviders('auto', { LOCKSTEP_STACK: 'podman' })).toThrow(
      'LOCKSTEP_STACK is "podman"; it must be one of auto, external, docker, native',
    );
  });
});

it('prints the addresses under the names it reads them by', () => {
  expect(toEnvironment(readAddresses(addresses).addresses)).toEqual(addresses);
});
