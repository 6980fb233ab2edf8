import { inMemoryEventLog } from '@lockstep/ports';
import { checkpointMessage, openSourceSession } from './checkpoints.ts';

const key = { source: 'dynamics', table: 'lead' };
const startedMs = Date.parse('2026-11-22T10:00:00Z');

/** A holder of the source after another, all of which have said that they hold it. */
async function takeOver(log: ReturnType<typeof inMemoryEventLog>, nowMs: number): Promise<number> {
  const { publisher, checkpoint } = await openSourceSession(log, key, { nowMs, versionEpoch: 1 });
  await publisher.publish([checkpointMessage(checkpoint)]);

  return checkpoint.page.epoch;
}

it('numbers of a source rise with every holder, also with the first one after its checkpoints are lost', async () => {
  const log = inMemoryEventLog();
  const first = await takeOver(log, startedMs);
  const later = [await takeOver(log, startedMs), await takeOver(log, startedMs)];

  const afterLoss = await takeOver(inMemoryEventLog(), startedMs + 60_000);

  expect(later).toEqual([first + 1, first + 2]);
  expect(afterLoss).toBeGreaterThan(first + 2);
});
