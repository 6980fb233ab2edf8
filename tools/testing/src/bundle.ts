import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/** The folder that holds `nx.json`, from the current folder upwards. Throws outside a work tree. */
export function findWorkspace(from = process.cwd()): string {
  if (existsSync(join(from, 'nx.json'))) return from;
  if (dirname(from) === from) throw new Error('run this inside the work tree of Lockstep');
  return findWorkspace(dirname(from));
}

/**
 * Makes a folder for one start. It lies in the work tree, where the bundles find the packages that stay outside of them; a
 * start of its own never reads the half-written files of another.
 */
export async function makeRunFolder(): Promise<string> {
  const parent = join(findWorkspace(), 'node_modules', '.cache', 'lockstep-testing');
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, 'run-'));
}

type Manifest = Readonly<Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>>;

/**
 * Bundles sources as they are in the work tree now, each by its path from there, into `<name>.mjs` of the folder; takes a
 * tenth of a second. Packages stay outside.
 */
export async function bundleInto(folder: string, sources: Readonly<Record<string, string>>): Promise<void> {
  const root = findWorkspace();
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
  await build({
    absWorkingDir: root,
    entryPoints: Object.entries(sources).map(([name, source]) => ({ in: source, out: name })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    // The oldest that runs, which takes the attribute of a JSON import.
    target: 'node20.19',
    conditions: ['@lockstep/source'],
    external: Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }),
    sourcemap: 'inline',
    logLevel: 'silent',
  });
}
