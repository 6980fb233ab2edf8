import { DataverseError, badRequest, errorCodes } from '../core/dataverseError.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { jsonAnswer, type Answer, type Call } from '../api/call.ts';
import { entityNode } from './entityNode.ts';
import { filterNodes } from './filterNodes.ts';
import { namespace, type MetadataNode } from './metadataNode.ts';
import { allRelationshipNodes } from './relationshipNodes.ts';
import { globalSetNodes } from './globalOptionSets.ts';
import { shapeNode, splitOutside } from './shapeNode.ts';

/** A collection or one object, and the type that its place in the model declares. */
type Place =
  | { readonly kind: 'many'; readonly nodes: readonly MetadataNode[]; readonly declared: string }
  | { readonly kind: 'one'; readonly node: MetadataNode; readonly declared: string }
  | { readonly kind: 'value'; readonly value: unknown };

const baseTypes: Readonly<Record<string, string>> = {
  Attributes: 'AttributeMetadata',
  ManyToOneRelationships: 'OneToManyRelationshipMetadata',
  OneToManyRelationships: 'OneToManyRelationshipMetadata',
  ManyToManyRelationships: 'ManyToManyRelationshipMetadata',
  Keys: 'EntityKeyMetadata',
};

function noSegment(segment: string): DataverseError {
  return new DataverseError(
    404,
    errorCodes.unknownSegment,
    `Resource not found for the segment '${segment}'.`,
  );
}

const roots: Readonly<Record<string, (state: OrganizationState) => Place>> = {
  EntityDefinitions: (state) => ({
    kind: 'many',
    declared: 'EntityMetadata',
    nodes: [...state.tables.values()].map((table) => entityNode(state, table)),
  }),
  RelationshipDefinitions: (state) => ({
    kind: 'many',
    declared: 'RelationshipMetadataBase',
    nodes: allRelationshipNodes(state),
  }),
  GlobalOptionSetDefinitions: (state) => ({
    kind: 'many',
    declared: 'OptionSetMetadataBase',
    nodes: globalSetNodes(state),
  }),
};

/** Whether a path is one of metadata. */
export function isMetadataPath(path: string): boolean {
  return (/^\w+/.exec(path)?.[0] ?? '') in roots;
}

function named(place: Place, key: string): Place {
  if (place.kind !== 'many') throw noSegment(key);
  const [, property = 'MetadataId', quoted] = /^(\w+)='([^']*)'$/.exec(key) ?? [];
  const wanted = (quoted ?? key.replace(/^MetadataId=/, '')).toLowerCase();
  const found = place.nodes.find(({ json }) => String(json[property] ?? '').toLowerCase() === wanted);
  if (found) return { kind: 'one', node: found, declared: place.declared };
  if (place.declared === 'EntityMetadata')
    throw new DataverseError(
      404,
      '0x80041102',
      `The entity with a name = '${wanted}' was not found in the MetadataCache.`,
    );
  if (place.declared === 'AttributeMetadata')
    throw new DataverseError(
      404,
      '0x80041103',
      `Could not find an attribute with specified name: '${wanted}'.`,
    );
  throw new DataverseError(404, errorCodes.objectDoesNotExist, `Could not find '${wanted}' in the metadata.`);
}

function cast(place: Place, type: string): Place {
  if (type === 'EnumAttributeMetadata')
    throw badRequest(errorCodes.invalidArgument, `The abstract type '${type}' cannot be cast to.`);
  if (place.kind === 'many')
    return { kind: 'many', declared: type, nodes: place.nodes.filter((node) => node.type === type) };
  if (place.kind === 'one' && place.node.type === type) return { ...place, declared: type };
  throw noSegment(`${namespace}.${type}`);
}

function memberOf(value: unknown, segment: string): Place {
  const member = (value as Record<string, unknown> | null)?.[segment];
  if (member === undefined) throw noSegment(segment);
  return { kind: 'value', value: member };
}

function follow(place: Place, segment: string): Place {
  if (place.kind === 'value') return memberOf(place.value, segment);
  if (place.kind === 'many') throw noSegment(segment);
  const target = place.node.links[segment]?.();
  if (target === undefined) return memberOf(place.node.json, segment);
  if (target === null) return { kind: 'value', value: null };
  if ('type' in target) return { kind: 'one', node: target, declared: target.type };
  return { kind: 'many', nodes: target, declared: baseTypes[segment] ?? '' };
}

function step(place: Place, segment: string): Place {
  const type = /^Microsoft\.Dynamics\.CRM\.(\w+)$/.exec(segment)?.[1];
  if (type) return cast(place, type);
  if (segment === '$count' && place.kind === 'many') return { kind: 'value', value: place.nodes.length };
  const [, name = segment, key] = /^(\w+)\((.*)\)$/s.exec(segment) ?? [];
  const reached = follow(place, name);
  return key === undefined ? reached : named(reached, key);
}

/** Where a path of metadata leads. Throws 404 when nowhere. */
export function placeOf(state: OrganizationState, path: string): Place {
  const [first = '', ...rest] = splitOutside(path, '/');
  const [, name = first, key] = /^(\w+)\((.*)\)$/s.exec(first) ?? [];
  const root = roots[name]?.(state);
  if (!root) throw noSegment(name);
  return rest.reduce(step, key === undefined ? root : named(root, key));
}

function contextOf(call: Call, suffix: string): string {
  const select = call.query['$select'];
  const path = call.path.replace(/\((?:\w+=)?('[^']*')\)/g, '($1)');
  return `${call.base}/$metadata#${path}${select === undefined ? '' : `(${select})`}${suffix}`;
}

/** GET of metadata (facts, section 2.1): tables, attributes, casts, relationships, keys, option sets. Never paged. */
export function readMetadata(state: OrganizationState, call: Call): Answer {
  const place = placeOf(state, call.path);
  if (place.kind === 'value')
    return jsonAnswer(200, JSON.stringify({ '@odata.context': contextOf(call, ''), value: place.value }));
  if (place.kind === 'one') {
    const shaped = shapeNode(place.node, call.query, place.declared);
    return jsonAnswer(200, JSON.stringify({ '@odata.context': contextOf(call, '/$entity'), ...shaped }));
  }
  const kept = filterNodes(place.nodes, call.query['$filter']);
  const top = Number(call.query['$top'] ?? Infinity);
  const value = kept.slice(0, top).map((node) => shapeNode(node, call.query, place.declared));
  const count = call.query['$count'] === 'true' ? { '@odata.count': kept.length } : {};
  return jsonAnswer(200, JSON.stringify({ '@odata.context': contextOf(call, ''), ...count, value }));
}
