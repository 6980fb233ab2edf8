/**
 * What is inflated in one piece, because pieces are copied together: gzip says at its end how long it is inflated (RFC 1952,
 * 2.3.1). That is believed within what such answers shrink.
 */
export function chunkBytes(bytes: Uint8Array): number {
  const said = bytes.length < sizeBytes ? 0 : Buffer.from(bytes.slice(-sizeBytes)).readUInt32LE() + 1;

  return Math.max(Math.min(said, bytes.length * shrinksMax, chunkBytesMax), chunkBytesMin);
}
const sizeBytes = 4;
const shrinksMax = 32;
const chunkBytesMin = 16 * 1024;
const chunkBytesMax = 32 * 1024 * 1024;
