import preset from './jest.preset.js';

const source = 'libs/reconciliation/src';
/** Mutation tests of the domain by its own examples: `npm run mutation`; figures in docs/benchmarks.md. */
export default {
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  mutate: [
    `${source}/*.ts`,
    `!${source}/*.spec.ts`,
    `!${source}/example*.ts`,
    `!${source}/feedStory.ts`,
    `!${source}/index.ts`,
  ],
  ignorePatterns: [
    '/*',
    '!/libs',
    '/libs/*',
    '!/libs/reconciliation',
    '!/tools',
    '/tools/*',
    '!/tools/tidy',
    '!/jest.preset.js',
    '!/package.json',
    '!/tsconfig.base.json',
  ],
  jest: {
    config: { ...preset, modulePathIgnorePatterns: [], testMatch: ['**/domainExamples.mutation.ts'] },
    enableFindRelatedTests: false,
  },
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  incremental: true,
  incrementalFile: '.cache/stryker.json',
  tempDirName: '.cache/stryker',
  concurrency: 2,
  timeoutMS: 20_000,
  thresholds: { high: 95, low: 85, break: 85 },
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: '.cache/mutation.json' },
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
};
