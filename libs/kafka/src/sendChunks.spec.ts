import { setImmediate as turn } from 'node:timers/promises';
import type { Transaction } from 'kafkajs';
import type { Chunk } from './outgoingRecords.ts';
import { makeNext, sendChunks, SourceFailure } from './sendChunks.ts';

const chunkOf = (topic: string): Chunk => [{ topic, messages: [] }];

/** A transaction whose calls are answered when the test says so. */
function slowTransaction() {
  const sent: string[] = [];
  const answers: (() => void)[] = [];
  const sendBatch: Transaction['sendBatch'] = ({ topicMessages }) => {
    sent.push(...(topicMessages ?? []).map(({ topic }) => topic));
    return new Promise((resolve) => answers.push(() => resolve([])));
  };

  return {
    transaction: { sendBatch } as Transaction,
    sent,
    async answer() {
      answers.shift()?.();
      await settle();
    },
  };
}

/** More turns of the event loop than making a few chunks takes. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await turn();
}

describe('sending the chunks of a transaction', () => {
  it('makes the next while one is on its way, and sends them in order', async () => {
    const made: string[] = [];
    function* chunks() {
      for (const topic of ['a', 'b', 'c', 'd', 'e']) {
        made.push(topic);
        yield chunkOf(topic);
      }
    }
    const source = chunks();
    const { transaction, sent, answer } = slowTransaction();

    const done = sendChunks(transaction, await makeNext(source), source);
    await settle();
    expect({ sent, made }).toEqual({ sent: ['a'], made: ['a', 'b'] });
    await answer();
    expect({ sent, made }).toEqual({ sent: ['a', 'b'], made: ['a', 'b', 'c'] });

    for (let calls = 0; calls < 4; calls += 1) await answer();
    await done;
    expect(sent).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('tells of a chunk that cannot be made when all before it are sent and answered', async () => {
    function* chunks() {
      yield chunkOf('a');
      yield chunkOf('b');
      throw new Error('no form');
    }
    const source = chunks();
    const { transaction, sent, answer } = slowTransaction();
    let failure: unknown = null;

    const done = sendChunks(transaction, await makeNext(source), source).catch((error: unknown) => {
      failure = error;
    });
    await answer();
    expect({ sent, failure }).toEqual({ sent: ['a', 'b'], failure: null });
    await answer();
    await done;

    expect(failure).toBeInstanceOf(SourceFailure);
  });
});
