import { SyncError } from '@lockstep/change-events';
import type { DynamicsContext } from './dynamicsContext.ts';
import { failure, faultOf, readFailure } from './failures.ts';
import { retryReads } from './retryReads.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A table's own facts, before its columns are known. */
export type EntityMetadata = {
  readonly entitySet: string;
  readonly primaryKey: string;
  readonly isTracked: boolean;
};

/** A column as every type has it (dataverse facts 2.1). */
export type AttributeMetadata = {
  readonly metadataId: string;
  readonly name: string;
  /** `AttributeTypeName.Value` without its ending: `AttributeType` calls images and multi-selects Virtual (facts 2.2). */
  readonly type: string;
  readonly displayName: string | null;
  /** It belongs to another column, whose parts it repeats. */
  readonly isPart: boolean;
  readonly isSecured: boolean;
  readonly isReadable: boolean;
};

/** Past the server's metadata cache, which may be half a minute old (dataverse facts 2.1). */
const strong = { consistency: 'Strong' };

/** Throws DYNAMICS_TABLE_UNKNOWN when there is no such table. */
export async function readEntity(
  context: DynamicsContext,
  table: string,
  signal: AbortSignal,
): Promise<EntityMetadata> {
  const body = await readMetadata(context, {
    table,
    path: `?$select=LogicalName,EntitySetName,PrimaryIdAttribute,ChangeTrackingEnabled`,
    signal,
  });
  const { EntitySetName: entitySet, PrimaryIdAttribute: primaryKey, ChangeTrackingEnabled: isTracked } = body;
  if (typeof entitySet !== 'string' || typeof primaryKey !== 'string')
    throw new SyncError('DYNAMICS_ANSWER_INVALID', { table, part: 'EntityDefinitions' });

  return { entitySet, primaryKey, isTracked: isTracked === true };
}

const attributeProperties = [
  'MetadataId',
  'LogicalName',
  'AttributeTypeName',
  'AttributeOf',
  'DisplayName',
  'IsSecured',
  'IsValidForRead',
].join(',');

export async function readAttributes(
  context: DynamicsContext,
  table: string,
  signal: AbortSignal,
): Promise<readonly AttributeMetadata[]> {
  const path = `?$select=LogicalName&$expand=Attributes($select=${attributeProperties})`;
  const body = await readMetadata(context, { table, path, signal });

  return itemsOf(table, body['Attributes']).map((item) => ({
    metadataId: String(item['MetadataId']).toLowerCase(),
    name: String(item['LogicalName']),
    type: String((item['AttributeTypeName'] as Json | null)?.['Value']).replace(/Type$/, ''),
    displayName: labelOf(item['DisplayName']),
    isPart: typeof item['AttributeOf'] === 'string',
    isSecured: item['IsSecured'] === true,
    isReadable: item['IsValidForRead'] !== false,
  }));
}

/** The columns of one type with what only that type has, by name. */
export async function readTypedAttributes(
  context: DynamicsContext,
  cast: {
    readonly table: string;
    readonly type: string;
    readonly query: string;
    readonly signal: AbortSignal;
  },
): Promise<ReadonlyMap<string, Json>> {
  const { table, type, query, signal } = cast;
  const path = `/Attributes/Microsoft.Dynamics.CRM.${type}AttributeMetadata?${query}`;
  const body = await readMetadata(context, { table, path, signal });

  return new Map(itemsOf(table, body['value']).map((item) => [String(item['LogicalName']), item]));
}

/** The label in the user's language, else in any. */
export function labelOf(label: unknown): string | null {
  const { UserLocalizedLabel: own, LocalizedLabels: all } = (label ?? {}) as {
    UserLocalizedLabel?: { Label?: unknown } | null;
    LocalizedLabels?: readonly { Label?: unknown }[] | null;
  };
  const text = own?.Label ?? all?.[0]?.Label;

  return typeof text === 'string' && text !== '' ? text : null;
}

type MetadataRead = { readonly table: string; readonly path: string; readonly signal: AbortSignal };

function readMetadata(context: DynamicsContext, { table, path, signal }: MetadataRead): Promise<Json> {
  const url = context.urlOf(`EntityDefinitions(LogicalName='${encodeURIComponent(table)}')${path}`);

  return retryReads(async () => {
    const answer = await context.client.send({
      operation: 'describe',
      lane: 'CONTROL',
      table,
      method: 'GET',
      url,
      headers: strong,
      signal,
    });
    if (answer.status === 200) return objectOf(table, answer.text);
    if (faultOf(answer).status === 404) throw failure('DYNAMICS_TABLE_UNKNOWN', answer, table);
    throw readFailure(answer, { table, hasPosition: false });
  }, signal);
}

/** Throws DYNAMICS_ANSWER_INVALID for anything but a JSON object. */
export function objectOf(table: string, text: string): Json {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return body as Json;
  } catch (cause) {
    throw new SyncError('DYNAMICS_ANSWER_INVALID', { table, part: 'json' }, { cause });
  }
  throw new SyncError('DYNAMICS_ANSWER_INVALID', { table, part: 'body' });
}

/** Throws DYNAMICS_ANSWER_INVALID for anything but an array. */
export function itemsOf(table: string, items: unknown): readonly Json[] {
  if (Array.isArray(items)) return items as readonly Json[];
  throw new SyncError('DYNAMICS_ANSWER_INVALID', { table, part: 'Attributes' });
}
