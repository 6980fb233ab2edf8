/** A file, or a refusal in plain text, instead of the usual envelope. */
export interface FileAnswer {
  /** HTTP's. */
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

const marker = Symbol('file');

/** What an operation returns to answer with a file. */
export interface FileContent {
  readonly [marker]: true;
  readonly file: FileAnswer;
}

/** The file, or with a good Range header the asked part of it as HTTP 206. */
export function fileContent(text: string, contentType: string, range?: string): FileContent {
  const bytes = Buffer.from(text, 'utf8');
  const part = rangeOf(range, bytes.length);
  const headers = { 'accept-ranges': 'bytes' };
  if (part === undefined) return { [marker]: true, file: { status: 200, contentType, headers, bytes } };
  const { start, end } = part;
  const isThere = start < bytes.length;
  const place = isThere ? `${start}-${end}` : '*';
  const file: FileAnswer = {
    status: isThere ? 206 : 416,
    contentType,
    headers: { ...headers, 'content-range': `bytes ${place}/${bytes.length}` },
    bytes: bytes.subarray(start, end + 1),
  };
  return { [marker]: true, file };
}

/** HTTP 404 in plain text, as the file endpoints answer. */
export function fileNotFound(message: string): FileContent {
  const file = { status: 404, contentType: 'text/plain', headers: {}, bytes: Buffer.from(message) };
  return { [marker]: true, file };
}

/** Whether an operation answered with a file. */
export function isFileContent(content: object): content is FileContent {
  return marker in content;
}

function rangeOf(range = '', size: number): { start: number; end: number } | undefined {
  const tail = /^bytes=-(\d+)$/.exec(range);
  if (tail) return { start: Math.max(0, size - Number(tail[1])), end: size - 1 };
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  const [start, end] = [Number(first), last ? Number(last) : Infinity];
  // One that ends before it begins is none.
  return start <= end ? { start, end: Math.min(end, size - 1) } : undefined;
}
