import { SyncError } from '@lockstep/change-events';
import { createSharedWriters } from './sharedWriters.ts';
import type { TransactionalProducer } from './transactionalProducer.ts';

/** Producers that say what is done with them; the numbered one fails when it is to commit. */
function createSetting({ failing = 0 } = {}) {
  const done: string[] = [];
  let opened = 0;
  const writers = createSharedWriters((id): Promise<TransactionalProducer> => {
    const name = `${id} ${(opened += 1)}`;
    const isFailing = opened === failing;
    return Promise.resolve({
      commit() {
        done.push(`commit ${name}`);
        return isFailing ? Promise.reject(new SyncError('KAFKA_FENCED')) : Promise.resolve();
      },
      close: () => Promise.resolve(void done.push(`close ${name}`)),
    });
  });
  return { writers, done };
}

const content = { chunks: [] };

describe('the producer of a shared writer', () => {
  it('is open once for all who take it, and closed by the last of them', async () => {
    const { writers, done } = createSetting();
    const [live, backfill] = [await writers.open('p'), await writers.open('p')];

    await live.commit(content);
    await live.close();
    await backfill.commit(content);
    await backfill.close();
    await (await writers.open('p')).commit(content);

    expect(done).toEqual(['commit p 1', 'commit p 1', 'close p 1', 'commit p 2']);
  });

  it('is opened anew after a failure, and is of no more use to who had it before', async () => {
    const { writers, done } = createSetting({ failing: 1 });
    const [live, backfill] = [await writers.open('p'), await writers.open('p')];

    await expect(live.commit(content)).rejects.toMatchObject({ code: 'KAFKA_FENCED' });
    await live.close();
    await (await writers.open('p')).commit(content);
    await expect(backfill.commit(content)).rejects.toMatchObject({ code: 'KAFKA_FENCED' });
    await backfill.close();

    expect(done).toEqual(['commit p 1', 'commit p 2', 'commit p 1', 'close p 1']);
  });

  it('is asked for again when it could not be opened', async () => {
    let tries = 0;
    const writers = createSharedWriters(() =>
      (tries += 1) === 1
        ? Promise.reject(new SyncError('KAFKA_UNREACHABLE'))
        : Promise.resolve({ commit: () => Promise.resolve(), close: () => Promise.resolve() }),
    );

    await expect(writers.open('p')).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE' });
    await expect(writers.open('p')).resolves.toBeDefined();
  });
});
