import { argumentNames, readRequest, type ReadRequest } from './readRequest.ts';

/**
 * Reads a request from the text of one field: the request, then arguments, parted by semicolons, such as
 * `create task; subject = Call back; due = 3`. A part that begins with no name of an argument belongs to the value before it, so
 * that a value may hold semicolons.
 */
export function readRequestText(text: string): ReadRequest {
  const [words = '', ...parts] = text.split(';');
  const names = argumentNames(words);
  const given: Record<string, string> = {};
  let last: string | null = null;
  for (const part of parts.filter((text) => text.trim() !== '')) {
    const { name, value } = splitPart(part);
    if (last === null || names.includes(name)) given[(last = name)] = value;
    else given[last] += `;${part}`;
  }

  return readRequest(words, given);
}

function splitPart(part: string): { readonly name: string; readonly value: string } {
  const at = part.indexOf('=');
  const name = part.slice(0, at < 0 ? undefined : at);

  return { name: name.trim().toLowerCase(), value: at < 0 ? part : part.slice(at + 1) };
}
