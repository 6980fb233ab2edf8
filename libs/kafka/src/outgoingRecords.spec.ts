import { NotPacked, PackedEvent, type MessageCodec, type PackedPiece } from '@lockstep/change-events';
import type { OutgoingMessage } from '@lockstep/ports';
import { encodeChunks, type Chunk } from './outgoingRecords.ts';
import { jsonCodec } from './testBroker.ts';

/** A value is the number of bytes it takes. */
const sizeCodec: MessageCodec = { ...jsonCodec, encode: (_topic, value) => Buffer.alloc(value as number) };

const message = (topic: string, key: number, value: number) => ({ topic, key: String(key), value });

async function chunksOf(messages: Iterable<OutgoingMessage>, codec = sizeCodec): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const chunk of encodeChunks({ codec, prefix: '' }, messages)) chunks.push(chunk);
  return chunks;
}

function pieceToCome() {
  let resolve = () => {};
  const piece: PackedPiece = { content: null, arrival: new Promise<void>((done) => (resolve = done)) };
  const arrive = (bytes: Buffer, ends: Uint32Array) => {
    piece.content = { bytes, ends };
    resolve();
  };
  return { piece, arrive };
}

const packed = (key: string, piece: PackedPiece, index: number) => ({
  topic: 'a',
  key,
  value: new PackedEvent(piece, index, { operation: 'SNAPSHOT', lane: 'BACKFILL' }),
});

describe('cutting messages into sends', () => {
  it('keeps each call below what a broker finds huge, and the order', async () => {
    const messages = Array.from({ length: 25 }, (_, number) => message('a', number, 99_000));

    const chunks = await chunksOf(messages);

    expect(chunks.map(([topic]) => topic?.messages.length)).toEqual([4, 4, 4, 4, 4, 4, 1]);
    const keys = chunks.flatMap((chunk) => chunk.flatMap(({ messages }) => messages.map(({ key }) => key)));
    expect(keys).toEqual(messages.map(({ key }) => key));
  });

  it('sends topics together', async () => {
    expect(await chunksOf([message('a', 1, 200_000), message('b', 2, 200_000)])).toHaveLength(1);
  });

  it('counts the bytes of all topics of a call', async () => {
    expect(await chunksOf([message('a', 1, 300_000), message('b', 2, 300_000)])).toHaveLength(2);
  });

  it('cuts small messages too, so that some are on their way while others are encoded', async () => {
    const messages = Array.from({ length: 4_100 }, (_, number) => message('a', number, 1));

    expect((await chunksOf(messages)).map(([topic]) => topic?.messages.length)).toEqual([2_000, 2_000, 100]);
  });

  it('makes a chunk when it is asked for it, and not before', async () => {
    let made = 0;
    function* messages() {
      for (; made < 4_500; made++) yield message('a', made, 1);
    }

    await encodeChunks({ codec: sizeCodec, prefix: '' }, messages()).next();

    expect(made).toBeLessThan(2_100);
  });

  it('refuses a message above what the broker takes, by topic and key', async () => {
    await expect(chunksOf([message('a', 1, 10), message('a', 2, 2_000_000)])).rejects.toMatchObject({
      code: 'EVENT_UNENCODABLE',
      details: { topic: 'a', key: '2', field: 'size' },
    });
  });

  it('sends a large message that the broker takes by itself', async () => {
    const messages = [message('a', 1, 10), message('a', 2, 950_000), message('a', 3, 10)];

    expect(await chunksOf(messages)).toHaveLength(3);
  });

  it('takes packed events as they are, when they come', async () => {
    const { piece, arrive } = pieceToCome();
    const chunks = chunksOf([packed('1', piece, 0), packed('2', piece, 1)]);
    arrive(Buffer.from('adabob'), Uint32Array.of(3, 6));

    expect((await chunks)[0]?.[0]?.messages.map(({ key, value }) => [key, String(value)])).toEqual([
      ['1', 'ada'],
      ['2', 'bob'],
    ]);
  });

  it('leaves a packed event that is too large to the way by values, which sets its row aside', async () => {
    const { piece, arrive } = pieceToCome();
    arrive(Buffer.alloc(1_000_000), Uint32Array.of(1_000_000));

    await expect(chunksOf([packed('1', piece, 0)])).rejects.toThrow(NotPacked);
  });

  it('sends nothing for nothing', async () => {
    expect(await chunksOf([])).toEqual([]);
  });
});
