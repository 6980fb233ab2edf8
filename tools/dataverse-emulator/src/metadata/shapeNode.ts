import { badRequest, errorCodes } from '../core/dataverseError.ts';
import { filterNodes } from './filterNodes.ts';
import { namespace, type Json, type MetadataNode } from './metadataNode.ts';

/** The query options of metadata, of the whole address or of one expanded link. */
export type NodeQuery = Readonly<Record<string, string>>;

/** Cuts at a separator that is not inside parentheses or quotes. */
export function splitOutside(source: string, separator: string): string[] {
  const parts: string[] = [];
  let [depth, quoted, start] = [0, false, 0];
  for (let index = 0; index < source.length; index += 1) {
    const character = source[index];
    if (character === "'") quoted = !quoted;
    if (quoted) continue;
    depth += Number(character === '(') - Number(character === ')');
    if (character !== separator || depth > 0) continue;
    parts.push(source.slice(start, index));
    start = index + 1;
  }
  return [...parts, source.slice(start)].map((part) => part.trim()).filter((part) => part !== '');
}

function expansion(source: string): { readonly name: string; readonly query: NodeQuery } {
  const [, name = source, inner = ''] = /^(\w+)\((.*)\)$/s.exec(source) ?? [];
  const options = splitOutside(inner, ';').map((option) => {
    const at = option.indexOf('=');
    return [option.slice(0, at).trim(), option.slice(at + 1).trim()] as const;
  });
  return { name, query: Object.fromEntries(options) };
}

function undeclared(name: string, type: string): Error {
  return badRequest(
    errorCodes.undeclaredProperty,
    `Could not find a property named '${name}' on type '${namespace}.${type}'.`,
  );
}

function selected(node: MetadataNode, select: string | undefined, declared: string): Json {
  if (select === undefined || select === '*') return node.json;
  const names = select.split(',').map((name) => name.trim());
  const isOwn = (name: string): boolean =>
    name in node.json &&
    (declared === node.type || !node.derived.has(name) || !declared.endsWith('AttributeMetadata'));
  const unknown = names.find((name) => !isOwn(name));
  if (unknown) throw undeclared(unknown, declared);
  const kept = Object.entries(node.json).filter(([name]) => names.includes(name) || name === 'MetadataId');
  return Object.fromEntries(kept);
}

const declaredOfLink: Readonly<Record<string, string>> = {
  Attributes: 'AttributeMetadata',
  ManyToOneRelationships: 'OneToManyRelationshipMetadata',
  OneToManyRelationships: 'OneToManyRelationshipMetadata',
  ManyToManyRelationships: 'ManyToManyRelationshipMetadata',
  Keys: 'EntityKeyMetadata',
};

function expandedLink(node: MetadataNode, source: string, declared: string): Json {
  const { name, query } = expansion(source);
  const target = node.links[name]?.();
  if (target === undefined) throw undeclared(name, declared);
  if (target === null) return { [name]: null };
  const of = declaredOfLink[name];
  const shaped = Array.isArray(target)
    ? filterNodes(target as readonly MetadataNode[], query['$filter']).map((each) =>
        shapeNode(each, query, of ?? each.type),
      )
    : shapeNode(target as MetadataNode, query, (target as MetadataNode).type);
  return { [name]: shaped };
}

/** An object as a query wants it. Its type is printed where it is another than the declared one. */
export function shapeNode(node: MetadataNode, query: NodeQuery, declared: string): Json {
  const { $select: select, $expand: expand = '' } = query;
  const type = declared === node.type ? {} : { '@odata.type': `#${namespace}.${node.type}` };
  const links = splitOutside(expand, ',').map((each) => expandedLink(node, each, declared));
  return Object.assign({}, type, selected(node, select, declared), ...links) as Json;
}
