import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Pair,
} from 'yaml';
import type { Finding, RuleFault, RulePath } from './ruleFault.ts';

/** A file as data, with the place of everything in it. */
export type ParsedYaml = {
  /** An empty map for an empty file. */
  readonly value: unknown;
  /** What is no YAML. */
  readonly faults: readonly RuleFault[];
  readonly locate: (finding: Finding) => RuleFault;
};

export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset);

    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const invalid = (message: string, offset: number): RuleFault => ({
    ...{ code: 'YAML_INVALID', sentence: `${message.replace(/\.$/, '')}.`, nearest: undefined },
    ...placeAt(offset),
  });
  const faults = document.errors.map(({ message, pos }) => invalid(message, pos[0]));
  const [content, alias] = faults.length === 0 ? contentOf(document) : [{}, null];
  if (alias) faults.push(invalid(aliasSentence(alias), alias.range[0]));

  return {
    value: content,
    faults,
    locate: ({ code, sentence, nearest, path, isKey = false }) => ({
      ...{ code, sentence, nearest },
      ...placeAt(offsetOf(document, path, isKey)),
    }),
  };
}

const aliasSentence = ({ source }: Alias.Parsed): string =>
  `*${source} stands for nothing that is named &${source} above it, for too much, or for something that it is in; a text that begins with * needs quotes`;

/**
 * The file as data, or the alias that keeps it from being any: it stands for nothing, for more than anybody would write, or for
 * something that it is in, which would have no end.
 */
function contentOf(document: Document): readonly [content: unknown, fault: Alias.Parsed | null] {
  try {
    const content: unknown = document.toJS() ?? {};
    // Throws for what is in itself.
    JSON.stringify(content);

    return [content, null];
  } catch (error) {
    const aliases: { readonly alias: Alias.Parsed; readonly isWrong: boolean }[] = [];
    visit(document, {
      Alias(_, alias, around) {
        const meant = alias.resolve(document);
        aliases.push({ alias: alias as Alias.Parsed, isWrong: !meant || around.includes(meant) });
      },
    });
    const fault = aliases.find(({ isWrong }) => isWrong) ?? aliases[0];
    if (fault === undefined) throw error;

    return [{}, fault.alias];
  }
}

/** Where a key or its value begins; of what is not there, where the nearest thing around it begins. */
function offsetOf(document: Document, path: RulePath, isKey: boolean): number {
  for (let length = path.length; length > 0; length -= 1) {
    const pair = pairAt(document, path.slice(0, length));
    const place = pair && placeOf(pair, isKey || length < path.length);
    if (place !== undefined) return place;
    const item = itemAt(document, path.slice(0, length));
    if (item !== undefined) return item;
  }

  return 0;
}

/** An empty value has no place of its own. */
function placeOf({ key, value }: Pair, isKey: boolean): number | undefined {
  const node = isKey || !isNode(value) ? key : value;

  return isNode(node) ? node.range?.[0] : undefined;
}

/** Where an entry of a list begins. */
function itemAt(document: Document, path: RulePath): number | undefined {
  const around = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const item: unknown = isSeq(around) ? around.items[Number(path.at(-1))] : undefined;

  return isNode(item) ? item.range?.[0] : undefined;
}

function pairAt(document: Document, path: RulePath): Pair | undefined {
  const around = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(around)) return undefined;

  return around.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1));
}
