import { topics } from '@lockstep/change-events';
import type { Batch, BatchHandler, IncomingMessage } from '@lockstep/ports';
import { onePerKey } from './onePerKey.ts';

const message = (key: string): IncomingMessage => ({
  ...{ topic: topics.writes, partition: 0, offset: '0', key },
  ...{ value: null, undecodable: null, headers: {} },
});
const batch = (topic: string, ...keys: string[]): Batch => ({
  topic,
  partition: 0,
  messages: keys.map(message),
});
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A handler whose batches stay open until they are let go, in order. */
function createSlowHandler() {
  const open: { readonly keys: string; readonly finish: (error?: Error) => void }[] = [];
  const handler: BatchHandler = ({ messages }) =>
    new Promise((resolve, reject) => {
      const finish = (error?: Error) => (error ? reject(error) : resolve({ messages: [] }));
      open.push({ keys: messages.map(({ key }) => key).join(), finish });
    });
  return { handler: onePerKey(handler), open, keys: () => open.map(({ keys }) => keys) };
}

describe('one batch per key', () => {
  it('lets a fresh edit pass a batch of backfill that does not hold its record', async () => {
    const { handler, keys } = createSlowHandler();

    void handler(batch(topics.writesBackfill, 'a', 'b'));
    void handler(batch(topics.writes, 'c'));
    await turn();

    expect(keys()).toEqual(['a,b', 'c']);
  });

  it('keeps batches of one key apart, in the order in which they came', async () => {
    const { handler, open, keys } = createSlowHandler();
    void handler(batch(topics.writesBackfill, 'a', 'b'));
    void handler(batch(topics.writes, 'b', 'c'));
    void handler(batch(topics.writes, 'c'));
    await turn();
    expect(keys()).toEqual(['a,b']);

    open[0]?.finish();
    await turn();
    expect(keys()).toEqual(['a,b', 'b,c']);
    open[1]?.finish();
    await turn();

    expect(keys()).toEqual(['a,b', 'b,c', 'c']);
  });

  it('goes on after a batch that failed', async () => {
    const { handler, open } = createSlowHandler();
    const failing = handler(batch(topics.writes, 'a'));
    const next = handler(batch(topics.writes, 'a'));
    await turn();

    open[0]?.finish(new Error('the batch failed'));
    await expect(failing).rejects.toThrow('the batch failed');
    await turn();
    open[1]?.finish();

    await expect(next).resolves.toEqual({ messages: [] });
  });
});
