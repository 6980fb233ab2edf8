import { badRequest, errorCodes, type DataverseError } from './dataverseError.ts';

/** A `$filter` as it is written; names are not looked up yet. */
export type FilterNode =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly part: FilterNode }
  | {
      readonly kind: 'compare';
      readonly path: string;
      readonly operator: string;
      readonly literals: readonly string[];
    }
  | {
      readonly kind: 'query';
      readonly name: string;
      readonly path: string;
      readonly values: readonly string[];
    }
  | {
      readonly kind: 'lambda';
      readonly quantifier: 'any' | 'all';
      readonly path: string;
      readonly variable: string;
      readonly body: FilterNode | undefined;
    };

const token = /\s*("[^"]*"|'(?:[^']|'')*'|[(),[\]=:]|-?\d[^\s'(),[\]="]*|[^\s'(),[\]=:"]+)/y;
const operators = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in']);
const textFunctions = new Set(['contains', 'startswith', 'endswith']);
const namespace = 'Microsoft.Dynamics.CRM.';
const depthMax = 50;

/** The tokens not read yet, and how deep the parentheses are. */
interface Reader {
  readonly source: string;
  readonly tokens: readonly string[];
  index: number;
  depth: number;
}

function malformed(source: string, where: string): DataverseError {
  return badRequest(
    errorCodes.undeclaredProperty,
    `Syntax error at '${where}' in the expression '${source}'.`,
  );
}

function tokensOf(source: string, aliases: Readonly<Record<string, string>>): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  const end = source.trimEnd().length;
  while (token.lastIndex < end) {
    const start = token.lastIndex;
    const found = token.exec(source)?.[1];
    if (found === undefined) throw malformed(source, source.slice(start));
    const alias = found.startsWith('@') ? aliases[found] : undefined;
    if (alias === undefined) tokens.push(found);
    else {
      tokens.push(...tokensOf(alias, {}));
      token.lastIndex = start + source.slice(start).indexOf(found) + found.length;
    }
  }
  return tokens;
}

function peek(reader: Reader): string {
  return reader.tokens[reader.index] ?? '';
}

function take(reader: Reader, wanted?: string): string {
  const found = peek(reader);
  if (found === '' || (wanted !== undefined && found !== wanted)) throw malformed(reader.source, found);
  reader.index += 1;
  return found;
}

function takeList(reader: Reader, open: string, close: string): string[] {
  take(reader, open);
  const items: string[] = [];
  while (peek(reader) !== close) {
    if (items.length > 0) take(reader, ',');
    items.push(take(reader));
  }
  take(reader, close);
  return items;
}

function readLambda(reader: Reader, word: string): FilterNode {
  const cut = word.lastIndexOf('/');
  const quantifier = word.slice(cut + 1) === 'any' ? 'any' : 'all';
  const path = word.slice(0, cut);
  take(reader, '(');
  if (peek(reader) === ')') {
    take(reader);
    return { kind: 'lambda', quantifier, path, variable: '', body: undefined };
  }
  const variable = take(reader);
  take(reader, ':');
  const body = readOr(reader);
  take(reader, ')');
  return { kind: 'lambda', quantifier, path, variable, body };
}

/** `Microsoft.Dynamics.CRM.In(PropertyName='x',PropertyValues=['1','2'])`. */
function readQueryFunction(reader: Reader, word: string): FilterNode {
  take(reader, '(');
  let path = '';
  const values: string[] = [];
  while (peek(reader) !== ')') {
    if (peek(reader) === ',') take(reader);
    const name = take(reader);
    take(reader, '=');
    if (name === 'PropertyName') path = textOf(take(reader));
    else values.push(...(peek(reader) === '[' ? takeList(reader, '[', ']') : [take(reader)]));
  }
  take(reader, ')');
  return { kind: 'query', name: word.slice(namespace.length), path, values };
}

function readTextFunction(reader: Reader, operator: string): FilterNode {
  const [path = '', literal, ...rest] = takeList(reader, '(', ')');
  if (literal === undefined || rest.length > 0) throw malformed(reader.source, operator);
  return { kind: 'compare', path, operator, literals: [literal] };
}

function readComparison(reader: Reader, path: string): FilterNode {
  const operator = take(reader);
  if (!operators.has(operator)) throw malformed(reader.source, operator);
  const literals = operator === 'in' ? takeList(reader, '(', ')') : [take(reader)];
  return { kind: 'compare', path, operator, literals };
}

function readGroup(reader: Reader): FilterNode {
  reader.depth += 1;
  if (reader.depth > depthMax) throw malformed(reader.source, '(');
  const inner = readOr(reader);
  take(reader, ')');
  reader.depth -= 1;
  return inner;
}

function readTerm(reader: Reader): FilterNode {
  const word = take(reader);
  if (word === 'not') return { kind: 'not', part: readTerm(reader) };
  if (word === '(') return readGroup(reader);
  if (peek(reader) !== '(') return readComparison(reader, word);
  if (textFunctions.has(word)) return readTextFunction(reader, word);
  if (word.startsWith(namespace)) return readQueryFunction(reader, word);
  if (/\/(any|all)$/.test(word)) return readLambda(reader, word);
  throw malformed(reader.source, word);
}

function readJoined(reader: Reader, kind: 'and' | 'or', next: (reader: Reader) => FilterNode): FilterNode {
  const parts = [next(reader)];
  while (peek(reader) === kind) {
    take(reader);
    parts.push(next(reader));
  }
  return parts.length === 1 && parts[0] ? parts[0] : { kind, parts };
}

function readOr(reader: Reader): FilterNode {
  return readJoined(reader, 'or', (each) => readJoined(each, 'and', readTerm));
}

/** A quoted literal without its quotes. */
export function textOf(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith("'")) return inner.replaceAll("''", "'");
  return literal.startsWith('"') ? inner : literal;
}

/**
 * Parses a filter; `aliases` are values of parameters such as `@p1`. Throws 400 when it is not well formed. The parsers of
 * the registry do not know the named parameters of Dataverse's query functions.
 */
export function parseFilterSyntax(source: string, aliases: Readonly<Record<string, string>>): FilterNode {
  const reader: Reader = { source, tokens: tokensOf(source, aliases), index: 0, depth: 0 };
  const node = readOr(reader);
  if (reader.index < reader.tokens.length) throw malformed(source, peek(reader));
  return node;
}
