export { createSchemaIds, type SchemaIdsSettings } from './createSchemaIds.ts';
