export { createSchemaIds, type SchemaIdsSettings } from './createSchemaIds.ts';
export { openSchemaIds, type RegistryConfig } from './openSchemaIds.ts';
export { checkRegistry, registerSchemas } from './registerSchemas.ts';
