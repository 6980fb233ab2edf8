import { badRequest, errorCodes, type DataverseError } from '../core/dataverseError.ts';

/** Header names in lower case. */
export type PartHeaders = Readonly<Record<string, string>>;

/** One part between boundaries. */
export interface Part {
  readonly headers: PartHeaders;
  readonly content: string;
}

/** An HTTP request in the content of a part. */
export interface PartRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: PartHeaders;
  readonly body: string;
}

const requestLine = /^(GET|POST|PATCH|PUT|DELETE) (\S+) HTTP\/1\.1$/;

/** The 400 of a body that is no multipart message; lines have to end in CRLF (facts, section 3.4). */
export function malformedBatch(reason: string): DataverseError {
  return badRequest(errorCodes.undeclaredProperty, `The batch request is not well formed: ${reason}.`);
}

/** The boundary of a multipart content type, undefined for other types. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const [, quoted, plain] =
    /^multipart\/mixed\s*;(?:.*;)?\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? '') ?? [];
  return quoted ?? plain;
}

function readHeaders(lines: readonly string[]): PartHeaders {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value = ''] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) throw malformedBatch('a header line is not readable');
    headers[name.toLowerCase()] = value.trim();
  }
  return headers;
}

function divided(source: string): { readonly head: readonly string[]; readonly content: string } {
  const cut = source.indexOf('\r\n\r\n');
  const head = cut < 0 ? source.replace(/\r\n$/, '') : source.slice(0, cut);
  if (/[^\r]\n/.test(head)) throw malformedBatch('lines have to end in CRLF');
  return { head: head === '' ? [] : head.split('\r\n'), content: cut < 0 ? '' : source.slice(cut + 4) };
}

function readPart(source: string): Part {
  if (source.startsWith('\r\n')) return { headers: {}, content: source.slice(2) };
  const { head, content } = divided(source);
  return { headers: readHeaders(head), content };
}

/** The parts of a multipart body. Throws 400 when a boundary is missing or lines do not end in CRLF. */
export function readParts(body: string, boundary: string): readonly Part[] {
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`);
  const closing = pieces.at(-1) ?? '';
  if (pieces.length < 2 || !closing.startsWith('--')) throw malformedBatch('its closing boundary is missing');
  return pieces.slice(1, -1).map((piece) => {
    const [, rest] = /^[ \t]*\r\n(.*)$/s.exec(piece) ?? [];
    if (rest === undefined) throw malformedBatch('lines have to end in CRLF');
    return readPart(rest);
  });
}

/** The request of a part. Throws 400 when its first line is no request. */
export function readRequest({ headers, content }: Part): PartRequest {
  if (!/^application\/http\b/i.test(headers['content-type'] ?? ''))
    throw malformedBatch('a part is not of the type application/http');
  const { head, content: body } = divided(content);
  const [first = '', ...rest] = head;
  const [, method, url] = requestLine.exec(first.trim()) ?? [];
  if (method === undefined || url === undefined) throw malformedBatch('a request line is not readable');
  return { method, url, headers: readHeaders(rest), body: body.replace(/(\r\n)+$/, '') };
}

/** Joins parts to a multipart body. */
export function writeParts(boundary: string, parts: readonly string[]): string {
  return [...parts.map((part) => `--${boundary}\r\n${part}\r\n`), `--${boundary}--\r\n`].join('');
}
