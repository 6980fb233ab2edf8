import { SyncError, type AvroSchema, type SchemaIds } from '@lockstep/change-events';
import {
  createRegistryClient,
  type RegistryAddress,
  type RegistryAnswer,
  type RegistryClient,
} from './registryClient.ts';
import { retypedField } from './retypedField.ts';

/** `autoRegister` false only looks schemas up, so that registering can be a step of the deployment. */
export type SchemaIdsSettings = RegistryAddress & { readonly autoRegister: boolean };

const compatibility = 'FULL_TRANSITIVE';
const versionsOf = (subject: string) => `/subjects/${encodeURIComponent(subject)}/versions`;
const configOf = (subject: string) => `/config/${encodeURIComponent(subject)}`;

/** Schema ids from a registry with Confluent's API; every subject it registers under is FULL_TRANSITIVE. */
export function createSchemaIds({ autoRegister, ...address }: SchemaIdsSettings): SchemaIds {
  const client = createRegistryClient(address);
  return {
    idOf: (subject, schema) =>
      autoRegister ? register(client, subject, schema) : lookUp(client, subject, schema),
    schemaOf: (id) => readSchema(client, id),
  };
}

async function register(client: RegistryClient, subject: string, schema: AvroSchema): Promise<number> {
  // A registry may refuse settings for a subject that it does not know yet; then they follow the first version.
  const known = await demandCompatibility(client, subject);
  const answer = await client.post(versionsOf(subject), { schema: JSON.stringify(schema) });
  if (answer.status === 409) return findSame(client, subject, schema, answer);
  if (answer.status !== 200) throw refusal(subject, answer);
  if (!known && !(await demandCompatibility(client, subject)))
    throw new SyncError('REGISTRY_UNREACHABLE', { subject, reason: 'compatibility cannot be set' });
  return idFrom(subject, answer);
}

/** Two services that start together register one schema at once: the second is refused, and finds the first one's. */
async function findSame(
  client: RegistryClient,
  subject: string,
  schema: AvroSchema,
  refused: RegistryAnswer,
): Promise<number> {
  const same = await client.post(`/subjects/${encodeURIComponent(subject)}`, {
    schema: JSON.stringify(schema),
  });
  if (same.status !== 200) throw await refusalOf(client, subject, schema, refused);
  return idFrom(subject, same);
}

/** Registries name the place of a conflict each in its own words, so the field that it is about is looked for in the versions. */
async function refusalOf(
  client: RegistryClient,
  subject: string,
  schema: AvroSchema,
  refused: RegistryAnswer,
): Promise<SyncError> {
  const field = retypedField(schema, await readVersions(client, subject));
  return refusal(subject, refused, field === null ? {} : { field });
}

async function readVersions(client: RegistryClient, subject: string): Promise<AvroSchema[]> {
  const { body: numbers } = await client.get(versionsOf(subject));
  if (!Array.isArray(numbers)) return [];
  const answers = numbers.map((number) => client.get(`${versionsOf(subject)}/${String(number)}`));
  const texts = (await Promise.all(answers)).map(({ body }) => body['schema']);
  return texts.flatMap((text) => (typeof text === 'string' ? [JSON.parse(text) as AvroSchema] : []));
}

async function demandCompatibility(client: RegistryClient, subject: string): Promise<boolean> {
  const current = await client.get(configOf(subject));
  if (current.status === 200 && current.body['compatibilityLevel'] === compatibility) return true;
  return (await client.put(configOf(subject), { compatibility })).status === 200;
}

async function lookUp(client: RegistryClient, subject: string, schema: AvroSchema): Promise<number> {
  const path = `/subjects/${encodeURIComponent(subject)}`;
  const answer = await client.post(path, { schema: JSON.stringify(schema) });
  if (answer.status === 404) throw new SyncError('SCHEMA_MISSING', { subject });
  if (answer.status !== 200) throw refusal(subject, answer);
  return idFrom(subject, answer);
}

async function readSchema(client: RegistryClient, id: number): Promise<AvroSchema> {
  const answer = await client.get(`/schemas/ids/${id}`);
  const text = answer.body['schema'];
  if (answer.status !== 200 || typeof text !== 'string')
    throw new SyncError('MESSAGE_UNDECODABLE', { schemaId: id, reason: 'unknown schema' });
  return JSON.parse(text) as AvroSchema;
}

function refusal(
  subject: string,
  { status, body }: RegistryAnswer,
  place: { readonly field?: string } = {},
): SyncError {
  const reason = typeof body['message'] === 'string' ? body['message'] : 'no reason given';
  return new SyncError('SCHEMA_INCOMPATIBLE', { subject, ...place, status, reason });
}

function idFrom(subject: string, { body }: RegistryAnswer): number {
  if (typeof body['id'] === 'number') return body['id'];
  throw new SyncError('REGISTRY_UNREACHABLE', { subject, reason: 'answer without id' });
}
