import { keepsEveryInvariant, propertySeed, propertyTimeoutMs } from './everyHistory.ts';

/** The other half of the histories of `properties.sim.spec.ts`: a file of its own for a core of its own. */
describe('every other history', () => {
  it(
    'keeps every invariant as well',
    () => keepsEveryInvariant({ numRuns: 10_000, seed: -propertySeed }),
    propertyTimeoutMs,
  );
});
