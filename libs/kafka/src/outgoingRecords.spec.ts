import { chunkRecords } from './outgoingRecords.ts';

const record = (topic: string, number: number, bytes: number) => ({
  topic,
  message: { key: String(number), value: null },
  bytes,
});

describe('cutting records into sends', () => {
  it('keeps each topic below what the broker takes, and the order', () => {
    const records = Array.from({ length: 25 }, (_, number) => record('a', number, 100_000));

    const chunks = chunkRecords(records);

    expect(chunks.map(([topic]) => topic?.messages.length)).toEqual([9, 9, 7]);
    const keys = chunks.flatMap((chunk) => chunk.flatMap(({ messages }) => messages.map(({ key }) => key)));
    expect(keys).toEqual(records.map(({ message }) => message.key));
  });

  it('sends topics together', () => {
    expect(chunkRecords([record('a', 1, 800_000), record('b', 2, 800_000)])).toHaveLength(1);
  });

  it('sends an oversized message by itself, for the broker to judge', () => {
    expect(chunkRecords([record('a', 1, 10), record('a', 2, 2_000_000), record('a', 3, 10)])).toHaveLength(3);
  });

  it('sends nothing for nothing', () => {
    expect(chunkRecords([])).toEqual([]);
  });
});
