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

it('numbers of a source rise with every holder, also where the clock stands still or is put back', async () => {
  const log = inMemoryEventLog();
  const first = await takeOver(log, startedMs);

  expect(await takeOver(log, startedMs)).toBe(first + 1);
  expect(await takeOver(log, startedMs - 86_400_000)).toBe(first + 2);
});

it.each([
  ['lost', 0],
  ['put back to the first holder', 1],
])('numbers of a source rise also where its checkpoints are %s', async (_, kept) => {
  const holders = [startedMs, startedMs + 1_000, startedMs + 1_000, startedMs + 1_000];
  const log = inMemoryEventLog();
  let last = 0;
  for (const nowMs of holders) last = await takeOver(log, nowMs);
  const other = inMemoryEventLog();
  for (const nowMs of holders.slice(0, kept)) await takeOver(other, nowMs);

  expect(await takeOver(other, startedMs + 60_000)).toBeGreaterThan(last);
});
