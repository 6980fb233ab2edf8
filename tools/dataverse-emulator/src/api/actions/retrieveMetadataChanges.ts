import { badRequest, DataverseError, errorCodes } from '../../core/dataverseError.ts';
import { deltaTokenText, parseDeltaToken } from '../../core/deltaToken.ts';
import { deletedKinds, type DeletedKind } from '../../core/metadataChanges.ts';
import { nowMs, type OrganizationState } from '../../core/organizationState.ts';
import { entityNode } from '../../metadata/entityNode.ts';
import type { Json, MetadataNode } from '../../metadata/metadataNode.ts';
import { readMetadataQuery, type MetadataQuery, type QueryPart } from '../../metadata/queryExpression.ts';
import { jsonAnswer, type Answer, type Call } from '../call.ts';
import type { OperationTarget } from '../operation.ts';
import { functionParameters, textParameter } from './functionParameters.ts';

const dayMs = 86_400_000;

/** What is to be told: everything, or what changed after a version. */
type IsTold = (id: unknown) => boolean;

function jsonOf(source: string | undefined): unknown {
  if (source === undefined || source === 'null') return undefined;
  try {
    return JSON.parse(source);
  } catch {
    throw badRequest(errorCodes.invalidArgument, "The parameter 'Query' is not JSON.");
  }
}

/** The version of a stamp. Throws when it is garbage, or older than changes are known (facts, section 1.5). */
function acceptStamp(state: OrganizationState, source: string): number {
  const stamp = parseDeltaToken(source);
  const { version, stampsVoidUpTo } = state.metadata;
  if (!stamp || stamp.version > version)
    throw badRequest(errorCodes.invalidArgument, 'The client version stamp is not valid.');
  const { metadataRetentionDays, expiredDeltaTokenStatus } = state.settings;
  const isTooOld = nowMs(state) - stamp.issuedAtMs > metadataRetentionDays * dayMs;
  if (isTooOld || stamp.version <= stampsVoidUpTo)
    throw new DataverseError(
      expiredDeltaTokenStatus,
      errorCodes.expiredVersionStamp,
      'Version stamp associated with the client has expired. Please perform a full sync.',
    );
  return stamp.version;
}

function linkJson(node: MetadataNode, { names }: QueryPart): Json {
  const wanted = ['OptionSet', 'GlobalOptionSet'].filter((name) => names?.has(name) ?? true);
  const found = wanted.flatMap((name) => {
    const target = node.links[name]?.();
    return target === undefined ? [] : [[name, target && 'json' in target ? target.json : null] as const];
  });
  return Object.fromEntries(found);
}

const always = new Set(['MetadataId', 'LogicalName', 'SchemaName']);

function itemJson(node: MetadataNode, part: QueryPart, hasChanged: boolean | null): Json {
  const { names } = part;
  const members = Object.entries(node.json).filter(([name]) => names?.has(name) ?? true);
  const own = Object.entries(node.json).filter(([name]) => always.has(name));
  return {
    ...Object.fromEntries([...own, ...members]),
    ...linkJson(node, part),
    HasChanged: hasChanged,
  };
}

interface Told {
  readonly isTold: IsTold;
  /** What items say of themselves that are told. */
  readonly hasChanged: boolean | null;
}

function childrenJson(
  node: MetadataNode,
  link: string,
  part: QueryPart,
  { isTold, hasChanged }: Told,
): Json[] {
  const children = (node.links[link]?.() ?? []) as readonly MetadataNode[];
  return children
    .filter(({ json }) => isTold(json['MetadataId']) && part.matches(json))
    .map((child) => ({
      '@odata.type': `#Microsoft.Dynamics.CRM.Complex${child.type}`,
      ...itemJson(child, part, hasChanged),
    }));
}

const links = {
  Attributes: 'attributes',
  OneToManyRelationships: 'relationships',
  ManyToOneRelationships: 'relationships',
  ManyToManyRelationships: 'relationships',
  Keys: 'keys',
} as const;

/** A table with the parts that are asked for; undefined when nothing of it is to be told. */
function tableJson(node: MetadataNode, query: MetadataQuery, told: Told): Json | undefined {
  const wanted = Object.entries(links).filter(([link]) => query.names?.has(link) ?? true);
  const children = wanted.map(([link, part]) => [link, childrenJson(node, link, query[part], told)] as const);
  const isChanged = told.isTold(node.json['MetadataId']);
  if (!isChanged && children.every(([, items]) => items.length === 0)) return undefined;
  const hasChanged = told.hasChanged === null ? null : isChanged;
  return { ...itemJson(node, query, hasChanged), ...Object.fromEntries(children) };
}

function kindsOf(source: string | undefined): readonly DeletedKind[] {
  const asked = (source ?? '').split(',').map((name) => name.trim());
  const unknown = asked.find(
    (name) => !/^(?:|All|Entity|Label|Default|Attribute|Relationship|OptionSet)$/.test(name),
  );
  if (unknown)
    throw badRequest(errorCodes.invalidArgument, `'${unknown}' is not a kind of deleted metadata.`);
  return deletedKinds.filter(
    (kind) =>
      asked.includes('All') || asked.includes(kind) || (kind === 'Default' && asked.includes('Entity')),
  );
}

const collection = <Part>(parts: readonly Part[], more: Json): Json => ({
  Count: parts.length,
  IsReadOnly: false,
  ...more,
});

function deletedJson(state: OrganizationState, kinds: readonly DeletedKind[], after: number): Json {
  const idsOf = (kind: DeletedKind): readonly string[] =>
    state.metadata.deleted.filter((item) => item.kind === kind && item.version > after).map(({ id }) => id);
  const found = kinds.filter((kind) => idsOf(kind).length > 0);
  const values = found.map((kind) => collection(idsOf(kind), { Items: idsOf(kind) }));
  return collection(found, { Keys: found, Values: values });
}

function toldAfter({ metadata }: OrganizationState, after: number | undefined): Told {
  if (after === undefined) return { isTold: () => true, hasChanged: null };
  return { isTold: (id) => (metadata.itemsChangedAt.get(String(id)) ?? 0) > after, hasChanged: true };
}

/** RetrieveMetadataChanges: a query of metadata; with a stamp only what changed since, and the ids of what is gone (facts, section 2.1). */
export function retrieveMetadataChanges(
  state: OrganizationState,
  call: Call,
  { parameters }: OperationTarget,
): Answer {
  const given = functionParameters(call, parameters);
  const query = readMetadataQuery(jsonOf(given.get('Query')));
  const stamp = textParameter(given.get('ClientVersionStamp'));
  const kinds = kindsOf(textParameter(given.get('DeletedMetadataFilters')));
  const after = stamp === undefined ? undefined : acceptStamp(state, stamp);
  const told = toldAfter(state, after);
  const nodes = [...state.tables.values()].map((table) => entityNode(state, table));
  const body = {
    '@odata.context': `${call.base}/$metadata#Microsoft.Dynamics.CRM.RetrieveMetadataChangesResponse`,
    ServerVersionStamp: deltaTokenText({ version: state.metadata.version, issuedAtMs: nowMs(state) }),
    DeletedMetadata: after === undefined || kinds.length === 0 ? null : deletedJson(state, kinds, after),
    EntityMetadata: nodes
      .filter(({ json }) => query.matches(json))
      .flatMap((node) => tableJson(node, query, told) ?? []),
  };
  return jsonAnswer(200, JSON.stringify(body));
}
