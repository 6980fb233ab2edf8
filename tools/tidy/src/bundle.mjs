import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles the project in the current folder, src/main.ts, into the file dist/main.mjs that its image runs, and the thread that it starts,
 * where it has one, into dist/pageThread.mjs beside it.
 * Workspace packages are read from source through the private export condition.
 */
const requireBanner = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
].join(' ');

// The driver loads these only when a connection string asks for them; none is installed here.
const optionalMongoPackages = [
  '@aws-sdk/credential-providers',
  '@mongodb-js/zstd',
  'gcp-metadata',
  'kerberos',
  'mongodb-client-encryption',
  'snappy',
  'socks',
];

const { metafile } = await build({
  entryPoints: ['src/main.ts', 'src/pageThread.ts'].filter((file) => existsSync(file)),
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  conditions: ['@lockstep/source'],
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
  banner: { js: requireBanner },
  external: optionalMongoPackages,
});

const bytes = metafile.outputs['dist/main.mjs'].bytes;
console.log(`${basename(process.cwd())}: dist/main.mjs, ${Math.round(bytes / 1024)} kB`);
