import type { AvroSchema, SchemaIds } from '@lockstep/change-events';

/** A schema registry that lives as long as this process. */
export function schemaIdsInMemory(): SchemaIds {
  const known: AvroSchema[] = [];
  return {
    idOf: (_, schema) => Promise.resolve(known.push(schema) - 1),
    schemaOf: (id) => Promise.resolve(known[id] as AvroSchema),
  };
}
