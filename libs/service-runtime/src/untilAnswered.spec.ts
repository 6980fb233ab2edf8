import { SyncError } from '@lockstep/change-events';
import { createLogger } from './logger.ts';
import { createReadiness } from './readiness.ts';
import { untilAnswered } from './untilAnswered.ts';

const away = new SyncError('MONGODB_UNREACHABLE');
const log = createLogger({ service: 'test', level: 'error' });

/** Asks for what `answers` holds, failures among it, on a clock that only sleeping moves. */
function asking(answers: unknown[], { signal = new AbortController().signal } = {}) {
  const readiness = createReadiness();
  const shown: (readonly string[])[] = [];
  const ask = () => {
    const answer = answers.shift();
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const clock = {
    ...{ now: () => 0, monotonic: () => 0 },
    sleep: async () => void shown.push(readiness.reasons()),
  };
  const answered = untilAnswered({ log, readiness }, { component: 'mongodb', ask, clock }, signal);

  return { answered, shown, readiness };
}

describe('untilAnswered', () => {
  /** A service once ended when the database was away as it started, with a word that work would go on by itself. */
  it('asks again while there is no answer, and says why meanwhile', async () => {
    const { answered, shown, readiness } = asking([away, away, 'stores']);

    await expect(answered).resolves.toBe('stores');
    const reason = 'mongodb: MONGODB_UNREACHABLE The database does not answer.';
    expect(shown).toEqual([[reason], [reason]]);
    expect(readiness.reasons()).toEqual([]);
  });

  it('ends with what no repetition cures', async () => {
    const refused = new SyncError('MONGODB_REFUSED');

    await expect(asking([away, refused]).answered).rejects.toBe(refused);
  });

  it('lets a stop go before a question that nobody answers', async () => {
    const stop = new AbortController();
    const { answered } = asking([new Promise(() => undefined)], stop);
    stop.abort();

    await expect(answered).resolves.toBeNull();
  });
});
