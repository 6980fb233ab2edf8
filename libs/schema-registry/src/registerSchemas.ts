import { isSyncError, subjectOf, type TopicSchema } from '@lockstep/change-events';
import { createSchemaIds } from './createSchemaIds.ts';
import { addressOf, type RegistryConfig } from './openSchemaIds.ts';
import { createRegistryClient } from './registryClient.ts';

/** Sentences, a fault with its code in front. */
export type RegistryFindings = { readonly isWell: boolean; readonly sentences: readonly string[] };

type Config = RegistryConfig & { readonly topicPrefix: string };

/**
 * Registers all of `schemas`, whatever `SCHEMA_AUTO_REGISTER` says: a step of a deployment whose services only read the registry
 * (design section 4). One that is refused holds up no other. Throws REGISTRY_UNREACHABLE.
 */
export async function registerSchemas(
  config: Config,
  schemas: readonly TopicSchema[],
): Promise<RegistryFindings> {
  const { found, faults } = await askEach({ ...config, schemaAutoRegister: true }, schemas);

  return { isWell: faults.length === 0, sentences: [...new Set(found), ...faults] };
}

/**
 * Whether the registry answers who signs in; and has all of `schemas`, where a service does not register them itself. Throws
 * REGISTRY_UNREACHABLE.
 */
export async function checkRegistry(
  config: Config,
  schemas: () => Promise<readonly TopicSchema[]>,
): Promise<RegistryFindings> {
  await createRegistryClient(addressOf(config)).get('/config');
  if (config.schemaAutoRegister) return { isWell: true, sentences: ['ok: it answers'] };
  const { faults } = await askEach(config, await schemas());
  const isWell = faults.length === 0;

  return { isWell, sentences: isWell ? ['ok: every schema is there'] : faults };
}

type Answers = { readonly found: readonly string[]; readonly faults: readonly string[] };

async function askEach(config: Config, schemas: readonly TopicSchema[]): Promise<Answers> {
  const { schemaAutoRegister: autoRegister, topicPrefix } = config;
  const ids = createSchemaIds({ ...addressOf(config), autoRegister });
  const faults: string[] = [];
  const found: string[] = [];
  for (const [topic, schema] of schemas) {
    const subject = subjectOf(topicPrefix, topic);
    try {
      found.push(`ok: ${subject} has the id ${await ids.idOf(subject, schema)}`);
    } catch (error) {
      if (!isSyncError(error, 'SCHEMA_MISSING') && !isSyncError(error, 'SCHEMA_INCOMPATIBLE')) throw error;
      faults.push(error.message);
    }
  }

  return { found, faults };
}
