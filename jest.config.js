import preset from './jest.preset.js';

const folders = ['apps', 'libs', 'tools'];
const shared = { ...preset, rootDir: import.meta.dirname };

// A time-out of its own per group is only possible from inside the group.
const longTests = ['<rootDir>/tools/tidy/src/longTests.ts'];

/** `*.spec.ts` and `*.sim.spec.ts` need nothing; `*.int.spec.ts` needs the local stack, which the set-up starts once. */
const unit = {
  ...shared,
  displayName: 'unit',
  testMatch: folders.map((folder) => `<rootDir>/${folder}/*/src/**/*.spec.ts`),
  testPathIgnorePatterns: ['\\.int\\.spec\\.ts$', '\\.sim\\.spec\\.ts$'],
};

const simulation = {
  ...shared,
  displayName: 'simulation',
  testMatch: folders.map((folder) => `<rootDir>/${folder}/*/src/**/*.sim.spec.ts`),
  setupFilesAfterEnv: longTests,
};

const integration = {
  ...shared,
  displayName: 'int',
  testMatch: folders.map((folder) => `<rootDir>/${folder}/*/src/**/*.int.spec.ts`),
  setupFilesAfterEnv: longTests,
  globalSetup: '<rootDir>/tools/local-stack/src/jestGlobalSetup.ts',
  globalTeardown: '<rootDir>/tools/local-stack/src/jestGlobalTeardown.ts',
};

export default {
  projects: [unit, simulation, integration],
  // A busy machine makes a test slow, not wrong.
  testTimeout: 30_000,
  maxWorkers: 2,
  // After some hundred files a process has no room left for optimized code: 10,000 histories took 22 minutes in it, and 3 in a new one.
  workerIdleMemoryLimit: '256MB',
  reporters: ['default', '<rootDir>/tools/tidy/src/tallyReporter.mjs'],
};
