import { badRequest, errorCodes } from '../../core/dataverseError.ts';
import type { Call } from '../call.ts';
import { splitOutside } from '../resourcePath.ts';

/** The parameters of a function by name: what stands in its parentheses, aliases such as `@p1` replaced by what they stand for. */
export function functionParameters(call: Call, source: string | undefined): ReadonlyMap<string, string> {
  const parts = source === undefined || source.trim() === '' ? [] : splitOutside(source, ',');
  return new Map(
    parts.map((part) => {
      const [, name, value] = /^\s*(\w+)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
      if (name === undefined || value === undefined)
        throw badRequest(errorCodes.unknownSegment, `Bad Request - Error in query syntax: '${part}'.`);
      return [name, value.startsWith('@') ? (call.query[value] ?? 'null') : value];
    }),
  );
}

/** A text in its quotes, or an enum value with its type before it; undefined for null. */
export function textParameter(value: string | undefined): string | undefined {
  if (value === undefined || value === 'null') return undefined;
  const quoted = /^(?:[\w.]+)?'((?:[^']|'')*)'$/s.exec(value)?.[1];
  return quoted === undefined ? value : quoted.replaceAll("''", "'");
}
