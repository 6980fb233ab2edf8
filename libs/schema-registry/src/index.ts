export { createSchemaIds, type SchemaIdsSettings } from './createSchemaIds.ts';
export { checkRegistry, openSchemaIds, type RegistryConfig } from './openSchemaIds.ts';
