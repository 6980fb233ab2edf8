import { DataverseError, errorCodes } from '../core/dataverseError.ts';

/** One part of an address: `leads(…)` has the name `leads` and what stands in its parentheses. */
export interface PathSegment {
  readonly name: string;
  readonly key: string | undefined;
}

const shape = /^(\$?[\w.]+)(?:\((.*)\))?$/s;

/** The 404 of an address that names nothing. */
export function noSegment(name: string): DataverseError {
  return new DataverseError(404, errorCodes.unknownSegment, `Resource not found for the segment '${name}'.`);
}

/** Splits at a separator that stands outside quotes and brackets of any kind; a quote within quotes is doubled. */
export function splitOutside(source: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let start = 0;
  for (let index = 0; index < source.length; index += 1) {
    const character = source.charAt(index);
    if (character === "'") isQuoted = !isQuoted;
    if (isQuoted) continue;
    depth += Number('([{'.includes(character)) - Number(')]}'.includes(character));
    if (character !== separator || depth !== 0) continue;
    parts.push(source.slice(start, index));
    start = index + 1;
  }
  return [...parts, source.slice(start)];
}

/** Reads a decoded path below the version. Throws 404 for a part that is no name with an optional key. */
export function parsePath(path: string): readonly PathSegment[] {
  return splitOutside(path, '/').map((part) => {
    const [, name, key] = shape.exec(part) ?? [];
    if (name === undefined) throw noSegment(part);
    return { name, key };
  });
}
