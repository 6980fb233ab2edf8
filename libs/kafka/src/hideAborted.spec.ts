import { hideAborted, type FetchedMessage } from './hideAborted.ts';

/** What one producer wrote at each offset, in a transaction. */
const message = (offset: number, producerId: string): FetchedMessage => ({
  ...{ offset: String(offset), key: null, isControlRecord: false },
  batchContext: { producerId, inTransaction: true },
});
const marker = (offset: number, producerId: string, type: 0 | 1): FetchedMessage => ({
  ...message(offset, producerId),
  ...{ key: Buffer.from([0, 0, 0, type]), isControlRecord: true },
});
const abort = (offset: number, producerId: string) => marker(offset, producerId, 0);
const began = (producerId: string, firstOffset: number) => ({
  producerId,
  firstOffset: String(firstOffset),
});

function shown(
  messages: readonly FetchedMessage[],
  abortedTransactions: readonly ReturnType<typeof began>[] | null,
): string[] {
  hideAborted({ messages, abortedTransactions });
  return messages.flatMap(({ offset, isControlRecord }) => (isControlRecord ? [] : [offset]));
}

describe('hideAborted', () => {
  it('hides what was aborted before another transaction that began earlier', () => {
    const messages = [message(10, 'a'), message(11, 'b'), message(12, 'c'), abort(13, 'b'), abort(14, 'a')];

    expect(shown(messages, [began('b', 11), began('a', 10)])).toEqual(['12']);
  });

  it('hides what follows of transactions that began before the answer does', () => {
    const messages = [message(20, 'a'), message(21, 'b'), abort(22, 'b'), abort(23, 'a')];

    expect(shown(messages, [began('b', 9), began('a', 8)])).toEqual([]);
  });

  it('shows what a producer commits after it has aborted', () => {
    const messages = [message(10, 'a'), abort(11, 'a'), message(12, 'a'), marker(13, 'a', 1)];

    expect(shown(messages, [began('a', 10)])).toEqual(['12']);
  });

  it('hides the second of two aborted transactions of a producer, too', () => {
    const messages = [message(10, 'a'), abort(11, 'a'), message(12, 'a'), abort(13, 'a')];

    expect(shown(messages, [began('a', 10), began('a', 12)])).toEqual([]);
  });

  it('shows everything where nothing was aborted', () => {
    expect(shown([message(10, 'a'), marker(11, 'a', 1)], null)).toEqual(['10']);
  });
});
