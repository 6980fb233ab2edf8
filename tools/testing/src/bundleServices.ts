import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
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
 * Bundles the services as they are in the work tree now, in a tenth of a second: packages stay outside. The folder is this
 * process's own, so that suites in parallel never read each other's half-written files.
 */
export async function bundleServices(): Promise<Bundles> {
  const root = findWorkspace();
  const folder = join(root, 'node_modules', '.cache', 'lockstep-testing', String(process.pid));
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
