import type { SchemaIds } from '@lockstep/change-events';
import { createSchemaIds } from './createSchemaIds.ts';
import type { RegistryAddress } from './registryClient.ts';

/** The settings of the registry, as services and command line read them (docs/configuration.md). */
export type RegistryConfig = {
  readonly schemaRegistryUrl: string;
  readonly schemaRegistryUsername?: string | undefined;
  readonly schemaRegistryPassword?: string | undefined;
  readonly schemaAutoRegister: boolean;
};

/** The registry of the settings; nothing is asked before it is needed. */
export function openSchemaIds(config: RegistryConfig): SchemaIds {
  return createSchemaIds({ ...addressOf(config), autoRegister: config.schemaAutoRegister });
}

/** Where it is, and who signs in. */
export function addressOf(config: RegistryConfig): RegistryAddress {
  const { schemaRegistryUsername: username, schemaRegistryPassword: password } = config;

  return {
    url: config.schemaRegistryUrl,
    auth: username && password ? { username, password } : undefined,
  };
}
