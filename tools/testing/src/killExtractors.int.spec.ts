import { killExtractors } from './killExtractors.ts';

it('loses, repeats and shows nothing half when the active extractor is killed and its standby takes over', async () => {
  const report = await killExtractors(
    { seed: 7, kills: 3, rows: 6_000, pageSizeMax: 25, editsPerSecond: 10 },
    () => undefined,
  );

  expect(report).toMatchObject({ missing: [], undeleted: [], aborted: [], pageNumbersTwice: [] });
  expect(report.killsDuringLoad).toBeGreaterThan(0);
  expect(report.pagesFetchedAgain).toBeLessThanOrEqual(report.kills);
  expect(report.takeoverMsMax).toBeLessThan(15_000);
}, 240_000);
