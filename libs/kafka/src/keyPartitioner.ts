import { Partitioners, type ICustomPartitioner } from 'kafkajs';

const multiplier = 0x5bd1e995;
const seed = 0x9747b28c;

/**
 * Puts a key where every client of Kafka puts it: murmur2 of its bytes, as in Kafka's BuiltInPartitioner. kafkajs does
 * the same with an object for each step of the hash; what has no text for a key is left to it.
 */
export const createKeyPartitioner: ICustomPartitioner = () => {
  const byDefault = Partitioners.DefaultPartitioner();

  return (args) => {
    const { key, partition } = args.message;
    const isPlain = typeof key === 'string' && (partition === undefined || partition === null);

    return isPlain
      ? (murmur2(Buffer.from(key)) & 0x7fffffff) % args.partitionMetadata.length
      : byDefault(args);
  };
};

/** A signed 32-bit hash of `bytes`. */
export function murmur2(bytes: Uint8Array): number {
  const tail = bytes.length & ~3;
  let hash = seed ^ bytes.length;
  for (let at = 0; at < tail; at += 4) hash = Math.imul(hash, multiplier) ^ mixed(wordAt(bytes, at));
  if (tail < bytes.length) hash = Math.imul(hash ^ wordAt(bytes, tail), multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);

  return hash ^ (hash >>> 15);
}

/** Little endian; bytes behind the end are zero. */
const wordAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) |
  ((bytes[at + 1] ?? 0) << 8) |
  ((bytes[at + 2] ?? 0) << 16) |
  ((bytes[at + 3] ?? 0) << 24);

function mixed(word: number): number {
  const product = Math.imul(word, multiplier);

  return Math.imul(product ^ (product >>> 24), multiplier);
}
