import { faultSync } from './faultSync.ts';
import { findingLines } from './syncReport.ts';

it('loses, doubles and undoes nothing when services, broker, database and calls fail while both sides are edited', async () => {
  const report = await faultSync(
    { seed: 5, faults: 8, people: 40, editsPerSecond: 5 },
    { onFault: () => undefined, signal: new AbortController().signal },
  );

  expect(findingLines(report)).toEqual([]);
  expect(Object.values(report.faults).reduce((sum, count) => sum + count, 0)).toBe(8);
  expect(report.edits.both).toBeGreaterThan(0);
  expect(report.linkedPairs).toBeGreaterThan(30);
}, 600_000);
