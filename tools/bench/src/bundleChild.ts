import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

function findWorkspace(from = process.cwd()): string {
  if (existsSync(join(from, 'nx.json'))) return from;
  if (dirname(from) === from) throw new Error('run this inside the work tree of Lockstep');
  return findWorkspace(dirname(from));
}

type Manifest = Readonly<Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>>;

export type Bundle = { readonly file: string; remove(): Promise<void> };

/**
 * Bundles a source file, named from the root of the work tree. A loader that translates sources while they run would be
 * part of what is measured. The bundle lies in the work tree, where it finds the packages that stay outside of it.
 */
export async function bundleChild(source: string): Promise<Bundle> {
  const root = findWorkspace();
  const parent = join(root, 'node_modules', '.cache', 'lockstep-bench');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'child-'));
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
  const file = join(folder, 'main.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@lockstep/source'],
    external: Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }),
    sourcemap: 'linked',
    logLevel: 'silent',
  });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}
