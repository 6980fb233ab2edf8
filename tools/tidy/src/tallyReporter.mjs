import { writeSync } from 'node:fs';

const openHandlesLimitMs = 60_000;

/**
 * Prints `N passed, N failed` as the very last line of the run, after the global tear-down. A suite that could not run
 * at all counts as one failure, and so does a run that does not end by itself because a test left something open.
 */
export default class TallyReporter {
  onRunComplete(_contexts, results) {
    const passed = results.numPassedTests;
    let failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    process.once('exit', () => writeSync(1, `${passed} passed, ${failed} failed\n`));
    setTimeout(() => {
      const open = process.getActiveResourcesInfo().join(', ');
      failed += 1;
      writeSync(
        2,
        `The tests ended ${openHandlesLimitMs / 1000} s ago and something is still open: ${open}\n`,
      );
      process.exit(1);
    }, openHandlesLimitMs).unref();
  }
}
