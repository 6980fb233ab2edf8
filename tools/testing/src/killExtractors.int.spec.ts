import { killExtractors } from './killExtractors.ts';
import { brokenRules } from './killReport.ts';

it('loses, repeats and shows nothing half when the active extractor is killed and its standby takes over', async () => {
  const report = await killExtractors(
    { seed: 7, kills: 4, lanes: 1, rows: 3_000, pageSizeMax: 25, editsPerSecond: 10 },
    { onKill: () => undefined, signal: new AbortController().signal },
  );

  // How fast is judged by the long run, on a machine that does nothing else.
  expect(brokenRules(report)).toEqual([]);
  expect(report.kills).toHaveLength(4);
}, 240_000);
