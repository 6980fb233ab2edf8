import { topics } from '@lockstep/change-events';
import type { Batch, BatchHandler } from '@lockstep/ports';
import { onePerPartition } from './onePerPartition.ts';

const batch = (topic: string, partition: number): Batch => ({ topic, partition, messages: [] });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A handler whose batches stay open until they are let go, in order. */
function createSlowHandler() {
  const open: { readonly name: string; readonly finish: (error?: Error) => void }[] = [];
  const handler: BatchHandler = ({ topic, partition }) =>
    new Promise((resolve, reject) => {
      const finish = (error?: Error) => (error ? reject(error) : resolve({ messages: [] }));
      open.push({ name: `${topic} ${partition}`, finish });
    });
  return { handler: onePerPartition(handler), open, names: () => open.map(({ name }) => name) };
}

describe('one batch per partition number', () => {
  it('keeps the two lanes of a key apart, one after the other', async () => {
    const { handler, open, names } = createSlowHandler();

    const both = [handler(batch(topics.inboxBackfill, 4)), handler(batch(topics.inbox, 4))];
    await turn();
    expect(names()).toEqual([`${topics.inboxBackfill} 4`]);
    open[0]?.finish();
    await turn();

    expect(names()).toEqual([`${topics.inboxBackfill} 4`, `${topics.inbox} 4`]);
    open[1]?.finish();
    await expect(Promise.all(both)).resolves.toEqual([{ messages: [] }, { messages: [] }]);
  });

  it('lets other partitions go on meanwhile', async () => {
    const { handler, names } = createSlowHandler();

    void handler(batch(topics.inbox, 1));
    void handler(batch(topics.inbox, 2));
    await turn();

    expect(names()).toEqual([`${topics.inbox} 1`, `${topics.inbox} 2`]);
  });

  it('goes on after a batch that failed', async () => {
    const { handler, open } = createSlowHandler();
    const failing = handler(batch(topics.inbox, 1));
    const next = handler(batch(topics.inbox, 1));
    await turn();

    open[0]?.finish(new Error('the batch failed'));
    await expect(failing).rejects.toThrow('the batch failed');
    await turn();
    open[1]?.finish();

    await expect(next).resolves.toEqual({ messages: [] });
  });
});
