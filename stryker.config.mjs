const examples = '.cache/domainExamples.mjs';
const bundled = [
  ...['--bundle', '--platform=node', '--format=esm', '--conditions=@lockstep/source'],
  ...['--external:expect', '--external:jest-each', '--external:avsc', '--log-level=warning'],
];
const source = 'libs/reconciliation/src';
/** Mutation tests of the domain by its own examples: `npm run mutation`; figures in docs/benchmarks.md. */
export default {
  testRunner: 'mocha',
  plugins: ['@stryker-mutator/mocha-runner'],
  mutate: [`${source}/*.ts`, `!${source}/*.spec.ts`, `!${source}/index.ts`],
  ignorePatterns: [
    '/*',
    '!/libs',
    '/libs/*',
    '!/libs/reconciliation',
    '!/tools',
    '/tools/*',
    '!/tools/tidy',
    '!/package.json',
    '!/tsconfig.base.json',
  ],
  buildCommand: `esbuild tools/tidy/src/domainExamples.mutation.ts --outfile=${examples} ${bundled.join(' ')}`,
  mochaOptions: { spec: [examples], 'no-config': true, 'no-package': true },
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
