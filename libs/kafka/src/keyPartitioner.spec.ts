import { Partitioners, type Message, type PartitionMetadata } from 'kafkajs';
import { createKeyPartitioner, murmur2 } from './keyPartitioner.ts';

const partitions = (count: number) =>
  Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 1 }) as PartitionMetadata);

const ours = createKeyPartitioner();
const kafkajs = Partitioners.DefaultPartitioner();

const placed = (message: Message, count: number) => ({
  topic: 'a',
  partitionMetadata: partitions(count),
  message,
});

/** Every length modulo four, and characters of one to four bytes. */
const keys = Array.from({ length: 4_000 }, (_, number) =>
  number % 2 === 0
    ? `${(number * 2_654_435_761).toString(16)}-${'é€😀'.slice(0, number % 4)}`
    : 'x'.repeat(number % 70) + String(number),
);

describe('partition of a key', () => {
  // From Kafka's own UtilsTest.testMurmur2.
  it.each([
    ['21', -973_932_308],
    ['foobar', -790_332_482],
    ['a-little-bit-long-string', -985_981_536],
    ['a-little-bit-longer-string', -1_486_304_829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
  ])('hashes %s as the Java client does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  it.each([1, 3, 8, 12])('is where kafkajs puts it, with %d partitions', (count) => {
    const at = (partition: typeof ours) =>
      ['', ...keys].map((key) => partition(placed({ key, value: null }, count)));

    expect(at(ours)).toEqual(at(kafkajs));
  });

  it('leaves named partitions and keys of bytes to kafkajs', () => {
    const key = Buffer.from('foobar');

    expect(ours(placed({ key: 'foobar', partition: 5, value: null }, 8))).toBe(5);
    expect(ours(placed({ key, value: null }, 8))).toBe(kafkajs(placed({ key, value: null }, 8)));
  });
});
