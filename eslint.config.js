import { builtinModules } from 'node:module';
import eslint from '@eslint/js';
import nx from '@nx/eslint-plugin';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Who may import whom, by the one tag of each project (docs/architecture.md shows it as a picture).
 * There is no row for `*`, so a project without a tag may import nothing.
 */
const wire = ['kafkajs', '@kafkajs/*', 'mongodb', '@azure/*', 'avsc'];
const servers = ['fastify', '@fastify/*', 'undici', 'pino', 'prom-client', 'commander', 'node-forge'];
const boundaries = [
  { tag: 'contract', mayImport: ['contract'], onlyPackages: ['avsc'] },
  { tag: 'domain', mayImport: ['contract', 'domain'], bannedPackages: [...wire, ...servers] },
  { tag: 'port', mayImport: ['contract', 'domain', 'port'], bannedPackages: [...wire, ...servers] },
  {
    tag: 'pipeline',
    mayImport: ['contract', 'domain', 'port', 'pipeline', 'runtime'],
    bannedPackages: [...wire, ...servers],
  },
  { tag: 'runtime', mayImport: ['contract', 'runtime'], bannedPackages: wire },
  { tag: 'adapter', mayImport: ['contract', 'domain', 'port', 'runtime'], bannedPackages: [] },
  {
    tag: 'app',
    mayImport: ['contract', 'domain', 'port', 'pipeline', 'runtime', 'adapter'],
    bannedPackages: ['testcontainers', '@faker-js/faker', 'fast-check'],
  },
  {
    tag: 'testing',
    mayImport: ['contract', 'domain', 'port', 'pipeline', 'runtime', 'adapter', 'testing'],
    bannedPackages: [],
  },
];

/** Each adapter's own client library; the other adapters may not use it. */
const clients = {
  dynamics: ['@azure/msal-node'],
  kafka: ['kafkajs'],
  marketo: [],
  mongodb: ['mongodb'],
  'schema-registry': ['@kafkajs/confluent-schema-registry'],
};

/** A spec may also stand on the testing projects (emulators, local stack), and use fast-check. */
function moduleBoundaries({ spec }) {
  const depConstraints = boundaries.map(({ tag, mayImport, onlyPackages, bannedPackages }) => ({
    sourceTag: `type:${tag}`,
    onlyDependOnLibsWithTags: [...mayImport, ...(spec ? ['testing'] : [])].map((name) => `type:${name}`),
    ...(onlyPackages && { allowedExternalImports: [...onlyPackages, ...(spec ? ['fast-check'] : [])] }),
    ...(bannedPackages && { bannedExternalImports: bannedPackages }),
  }));

  return ['error', { enforceBuildableLibDependency: false, banTransitiveDependencies: true, depConstraints }];
}

const ownIndex = {
  regex: '^\\.{1,2}/(.*/)?index\\.ts$',
  message: 'Inside a package import the file itself, not its index.',
};
const envImport = {
  name: 'node:process',
  importNames: ['env'],
  message: 'Read settings in the app’s config.ts and pass them on.',
};

function restrictedImports({ paths = [], patterns = [] } = {}) {
  return ['error', { paths: [envImport, ...paths], patterns: [ownIndex, ...patterns] }];
}

function otherClients(adapter) {
  const names = Object.entries(clients).flatMap(([owner, packages]) => (owner === adapter ? [] : packages));

  return names.map((name) => ({ name, message: `This client belongs to another adapter than ${adapter}.` }));
}

const noSideEffectImports = restrictedImports({
  paths: builtinModules.map((name) => ({
    name,
    message: 'Contract, domain and ports use no Node built-ins.',
  })),
  patterns: [{ group: ['node:*'], message: 'Contract, domain and ports use no Node built-ins.' }],
});

const limits = {
  'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
  'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
  // A switch counts once: an exhaustive switch over a union is a table, not a maze.
  complexity: ['error', { max: 8, variant: 'modified' }],
  'max-depth': ['error', 3],
  'max-params': ['error', 4],
};

const typeAware = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
  ],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
};

const noProcessEnv = {
  object: 'process',
  property: 'env',
  message: 'Read settings in the app’s config.ts and pass them on.',
};
const noMocks = ['mock', 'doMock', 'spyOn', 'unstable_mockModule'].map((property) => ({
  object: 'jest',
  property,
  message: 'Use an in-memory double or a loopback server instead of a mock.',
}));
const passedIn = [
  { object: 'Date', property: 'now', message: 'Time is passed in (clock.now()).' },
  { object: 'Math', property: 'random', message: 'Randomness is passed in.' },
  { object: 'crypto', property: 'randomUUID', message: 'Ids are passed in (newId()).' },
];

// avsc takes its logical types as subclasses of its own class; nothing else asks for one.
const shapes = [
  { selector: 'ExportAllDeclaration', message: 'Export by name.' },
  {
    selector:
      ':matches(ClassDeclaration, ClassExpression)[superClass]:not([superClass.name="Error"], [superClass.property.name="LogicalType"])',
    message: 'Nothing is extended but Error; compose functions.',
  },
];
const noAmbientTime = {
  selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
  message: 'Time is passed in (clock.now()).',
};

const innerLibraries = ['change-events', 'reconciliation', 'ports'].map((name) => `libs/${name}/src/**/*.ts`);
const timelessLibraries = [...innerLibraries, 'libs/pipelines/src/**/*.ts'];
const specs = ['**/*.spec.ts'];
const contractSuites = ['**/*Contract.ts', '**/*ContractSuite.ts', '**/*.contract.ts'];

export default defineConfig(
  { ignores: ['**/node_modules', '**/dist', '**/coverage', '.nx'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...limits,
      ...typeAware,
      '@nx/enforce-module-boundaries': moduleBoundaries({ spec: false }),
      'no-restricted-imports': restrictedImports(),
      'no-restricted-properties': ['error', noProcessEnv, ...noMocks],
      'no-restricted-syntax': ['error', ...shapes],
      eqeqeq: 'error',
      'prefer-const': 'error',
    },
  },
  { files: ['libs/**/*.ts'], rules: { 'no-console': 'error' } },
  ...Object.keys(clients).map((adapter) => ({
    files: [`libs/${adapter}/src/**/*.ts`],
    rules: { 'no-restricted-imports': restrictedImports({ paths: otherClients(adapter) }) },
  })),
  { files: innerLibraries, ignores: specs, rules: { 'no-restricted-imports': noSideEffectImports } },
  {
    files: timelessLibraries,
    ignores: specs,
    rules: {
      'no-restricted-properties': ['error', noProcessEnv, ...noMocks, ...passedIn],
      'no-restricted-syntax': ['error', ...shapes, noAmbientTime],
    },
  },
  {
    files: specs,
    rules: {
      '@nx/enforce-module-boundaries': moduleBoundaries({ spec: true }),
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  // A contract suite is a spec that other packages call.
  { files: contractSuites, rules: { 'max-lines-per-function': 'off' } },
  {
    // An integration spec finds its broker and database where the global set-up put their addresses.
    files: ['apps/*/src/main.ts', 'apps/*/src/config.ts', 'tools/**/*.ts', '**/*.int.spec.ts'],
    rules: { 'no-restricted-properties': ['error', ...noMocks] },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', setTimeout: 'readonly' },
    },
  },
);
