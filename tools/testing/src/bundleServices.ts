import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

export const serviceNames = ['extractor', 'marketing', 'reconciler'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The file to run for each service. */
export type Bundles = Readonly<Record<ServiceName, string>>;

/** The folder that holds `nx.json`, from the current folder upwards. Throws outside a work tree. */
function findWorkspace(from = process.cwd()): string {
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

/** Bundles the services, as they are in the work tree now, into the folder; takes a tenth of a second. */
export async function bundleServices(folder: string): Promise<Bundles> {
  const root = findWorkspace();
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  await build({
    absWorkingDir: root,
    entryPoints: serviceNames.map((name) => ({ in: `apps/${name}/src/main.ts`, out: name })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@lockstep/source'],
    external: Object.keys(manifest.dependencies),
    sourcemap: 'inline',
    logLevel: 'silent',
  });
  const file = (name: ServiceName): string => join(folder, `${name}.mjs`);
  return { extractor: file('extractor'), marketing: file('marketing'), reconciler: file('reconciler') };
}
