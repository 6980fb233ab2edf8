import type { AvroSchema } from './avroTypes.ts';

/** Where schemas get their ids; implemented over a Confluent-API registry. */
export type SchemaIds = {
  /** Id of `schema` under `subject`; throws SCHEMA_INCOMPATIBLE, SCHEMA_MISSING or REGISTRY_UNREACHABLE. */
  idOf(subject: string, schema: AvroSchema): Promise<number>;
  /** The schema that was registered under `id`; throws MESSAGE_UNDECODABLE when there is none. */
  schemaOf(id: number): Promise<AvroSchema>;
};
