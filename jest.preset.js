/**
 * The one jest configuration. swc turns sources and the few ESM-only packages into CommonJS, so no flag is needed;
 * the private export condition makes every workspace package resolve to its source.
 */
const swc = [
  '@swc/jest',
  {
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'commonjs', ignoreDynamic: true },
    sourceMaps: 'inline',
  },
];

const esmOnlyPackages = ['p-limit', 'yocto-queue', 'uuid', 'close-with-grace'];

// Its exports name no condition for require, though its files are CommonJS.
const dataverseWebApi = new URL('./node_modules/dataverse-webapi/lib/node.js', import.meta.url).pathname;

export default {
  testEnvironment: 'node',
  testEnvironmentOptions: {
    customExportConditions: ['@lockstep/source', 'node', 'node-addons'],
  },
  extensionsToTreatAsEsm: [],
  moduleNameMapper: { '^dataverse-webapi/lib/node$': dataverseWebApi },
  transform: { '^.+\\.(ts|mjs|js)$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnlyPackages.join('|')})/)`],
  // Sandboxes of mutation tests.
  modulePathIgnorePatterns: ['<rootDir>/.cache/'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
};
