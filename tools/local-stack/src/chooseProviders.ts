import { StackSetupError } from './stackErrors.ts';
import type { StackAddresses, StackProvider } from './stackTypes.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const addressSettings = {
  kafkaBrokers: 'KAFKA_BROKERS',
  mongodbUrl: 'MONGODB_URL',
  schemaRegistryUrl: 'SCHEMA_REGISTRY_URL',
} as const satisfies Record<keyof StackAddresses, string>;

const choices = ['auto', 'external', 'docker', 'native'] as const;
export type ProviderChoice = (typeof choices)[number];

/** The addresses of a stack under their setting names, as printed by `npm run stack`. */
export function toEnvironment(addresses: StackAddresses): Record<string, string> {
  return {
    [addressSettings.kafkaBrokers]: addresses.kafkaBrokers,
    [addressSettings.mongodbUrl]: addresses.mongodbUrl,
    [addressSettings.schemaRegistryUrl]: addresses.schemaRegistryUrl,
  };
}

/** The addresses found in the environment, and the names of the settings that are absent or empty. */
export function readAddresses(env: Environment): { addresses: StackAddresses; missing: string[] } {
  const read = (setting: string): string => env[setting]?.trim() ?? '';
  return {
    addresses: {
      kafkaBrokers: read(addressSettings.kafkaBrokers),
      mongodbUrl: read(addressSettings.mongodbUrl),
      schemaRegistryUrl: read(addressSettings.schemaRegistryUrl),
    },
    missing: Object.values(addressSettings).filter((setting) => read(setting) === ''),
  };
}

/**
 * The providers to try, in order. An explicit choice is the only one tried. `auto` (the default) first honours
 * LOCKSTEP_STACK, then addresses in the environment, then a container engine, then the native processes.
 * Throws StackSetupError for an unknown choice and for `external` without all three addresses.
 */
export function chooseProviders(requested: ProviderChoice, env: Environment): StackProvider[] {
  const choice = requested === 'auto' ? parseChoice(env['LOCKSTEP_STACK']) : requested;
  const { missing } = readAddresses(env);
  if (choice === 'auto') return missing.length === 0 ? ['external'] : ['docker', 'native'];
  if (choice === 'external' && missing.length > 0) {
    throw new StackSetupError(missing.map((setting) => `${setting} is not set (external stack)`).join('\n'));
  }
  return [choice];
}

function parseChoice(value: string | undefined): ProviderChoice {
  const choice = choices.find((candidate) => candidate === (value?.trim() || 'auto'));
  if (choice === undefined) {
    throw new StackSetupError(`LOCKSTEP_STACK is "${value}"; it must be one of ${choices.join(', ')}`);
  }
  return choice;
}
