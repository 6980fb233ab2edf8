import { setTimeout as sleep } from 'node:timers/promises';
import { brokerReason } from './kafkaErrors.ts';

/** What a broker answers that has just made a topic, or just taken over a group, and has not heard of it itself. */
const transientReasons: ReadonlySet<string> = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
]);
const attemptsMax = 20;
const pauseMs = 100;

/** Repeats `work` while the broker settles, as long as `mayRepeat` says that nothing came of it; two seconds at most. */
export async function retryTransient<T>(work: () => Promise<T>, mayRepeat: () => boolean): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isTransient = transientReasons.has(brokerReason(error) ?? '');
      if (!isTransient || !mayRepeat() || attempt >= attemptsMax) throw error;
      await sleep(pauseMs);
    }
  }
}
