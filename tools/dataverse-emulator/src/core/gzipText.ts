import { constants, crc32, deflateRawSync } from 'node:zlib';

/** The beginning of a gzip stream that can be continued: its bytes so far, and what its trailer will need. */
export interface GzipBeginning {
  readonly bytes: Buffer;
  readonly checksum: number;
  readonly length: number;
}

const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** Pages are compressed while a caller waits, so speed matters more than size. */
const level = 1;
const storedBytesMax = 65_535;

/** Compresses the beginning of a text. It ends on a byte border without a final block (RFC 1951, section 3.2.3). */
export function beginGzip(text: string): GzipBeginning {
  const source = Buffer.from(text);
  const blocks = deflateRawSync(source, { level, finishFlush: constants.Z_SYNC_FLUSH });
  return { bytes: Buffer.concat([header, blocks]), checksum: crc32(source), length: source.length };
}

/** A final block that holds its bytes as they are (RFC 1951, section 3.2.4). */
function storedBlock(source: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(1, 0);
  head.writeUInt16LE(source.length, 1);
  head.writeUInt16LE(~source.length & 0xffff, 3);
  return Buffer.concat([head, source]);
}

/** Ends the stream with a text of its own; the beginning can be used again. Throws when the end is longer than one block. */
export function endGzip(beginning: GzipBeginning, text: string): Buffer {
  const source = Buffer.from(text);
  if (source.length > storedBytesMax) throw new Error('The end of a gzip stream is too long');
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(source, beginning.checksum), 0);
  trailer.writeUInt32LE((beginning.length + source.length) % 2 ** 32, 4);
  return Buffer.concat([beginning.bytes, storedBlock(source), trailer]);
}
