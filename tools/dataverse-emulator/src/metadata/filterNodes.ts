import { badRequest, errorCodes, type DataverseError } from '../core/dataverseError.ts';
import type { Json, MetadataNode } from './metadataNode.ts';

type Test = (json: Json) => boolean;
type Literal = string | number | boolean | null;

const token = /\s*([A-Za-z_][\w.]*'(?:[^']|'')*'|'(?:[^']|'')*'|[A-Za-z_][\w./]*|-?\d[\w.:-]*|[(),])/y;
const depthMax = 20;

function unreadable(source: string): DataverseError {
  return badRequest(errorCodes.invalidArgument, `The $filter of metadata cannot be read: ${source}`);
}

function tokens(source: string): string[] {
  const found: string[] = [];
  token.lastIndex = 0;
  while (source.slice(token.lastIndex).trim() !== '') {
    const match = token.exec(source);
    if (!match?.[1]) throw unreadable(source);
    found.push(match[1]);
  }
  return found;
}

/** Enum values are written with their type: `Microsoft.Dynamics.CRM.OwnershipTypes'UserOwned'` (facts, section 2.1). */
function literal(text: string): Literal {
  const quoted = /^(?:[\w.]+)?'((?:[^']|'')*)'$/.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replaceAll("''", "'");
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

function valueAt(json: Json, path: string): unknown {
  let value: unknown = json;
  for (const step of path.split('/')) {
    if (typeof value !== 'object' || value === null || !(step in value)) return undefined;
    value = (value as Json)[step];
  }
  return value;
}

function order(left: unknown, right: Literal): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left) < String(right) ? -1 : Number(String(left) > String(right));
}

const comparisons: Readonly<Record<string, (left: unknown, right: Literal) => boolean>> = {
  eq: (left, right) => left === right,
  ne: (left, right) => left !== right,
  gt: (left, right) => order(left, right) > 0,
  ge: (left, right) => order(left, right) >= 0,
  lt: (left, right) => order(left, right) < 0,
  le: (left, right) => order(left, right) <= 0,
};

const functions: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  contains: (text, part) => text.includes(part),
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
};

interface Reader {
  readonly source: string;
  readonly rest: string[];
}

function expect(reader: Reader, wanted: string): void {
  if (reader.rest.shift() !== wanted) throw unreadable(reader.source);
}

function readFunction(reader: Reader, name: string): Test {
  expect(reader, '(');
  const path = reader.rest.shift() ?? '';
  expect(reader, ',');
  const part = String(literal(reader.rest.shift() ?? ''));
  expect(reader, ')');
  return (json) => functions[name]?.(String(valueAt(json, path) ?? ''), part) ?? false;
}

function readComparison(reader: Reader, path: string): Test {
  const compare = comparisons[reader.rest[0] ?? ''];
  if (!compare) return (json) => valueAt(json, path) === true;
  reader.rest.shift();
  const text = reader.rest.shift();
  if (text === undefined) throw unreadable(reader.source);
  const wanted = literal(text);
  return (json) => compare(valueAt(json, path) ?? null, wanted);
}

function readTerm(reader: Reader, depth: number): Test {
  const word = reader.rest.shift();
  if (word === undefined || depth > depthMax) throw unreadable(reader.source);
  if (word === 'not') {
    const inner = readTerm(reader, depth + 1);
    return (json) => !inner(json);
  }
  if (word !== '(') return word in functions ? readFunction(reader, word) : readComparison(reader, word);
  const inner = readAny(reader, depth + 1);
  expect(reader, ')');
  return inner;
}

function readAll(reader: Reader, depth: number): Test {
  const terms = [readTerm(reader, depth)];
  while (reader.rest[0] === 'and') {
    reader.rest.shift();
    terms.push(readTerm(reader, depth));
  }
  return (json) => terms.every((term) => term(json));
}

function readAny(reader: Reader, depth: number): Test {
  const terms = [readAll(reader, depth)];
  while (reader.rest[0] === 'or') {
    reader.rest.shift();
    terms.push(readAll(reader, depth));
  }
  return (json) => terms.some((term) => term(json));
}

/** The nodes that a `$filter` of metadata lets through. Throws 400 when it cannot be read. */
export function filterNodes(
  nodes: readonly MetadataNode[],
  source: string | undefined,
): readonly MetadataNode[] {
  if (source === undefined) return nodes;
  const reader: Reader = { source, rest: tokens(source) };
  const test = readAny(reader, 0);
  if (reader.rest.length > 0) throw unreadable(source);
  return nodes.filter(({ json }) => test(json));
}
