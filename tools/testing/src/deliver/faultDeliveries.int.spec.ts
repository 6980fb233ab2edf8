import { faultDeliveries } from './faultDeliveries.ts';

it('doubles, loses and overwrites nobody when calls to Marketo and the marketing service itself fail', async () => {
  const report = await faultDeliveries(
    { seed: 7, faults: 6, people: 40, editsPerSecond: 20 },
    { onFault: () => undefined, signal: new AbortController().signal },
  );

  expect(report.findings).toEqual([]);
  expect(Object.values(report.faults)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(report.commits).toBeGreaterThan(report.people);
}, 300_000);
