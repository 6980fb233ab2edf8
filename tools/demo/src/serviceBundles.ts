import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

export const serviceNames = ['extractor', 'marketing', 'reconciler'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The file to run for each service. */
export type Bundles = Readonly<Record<ServiceName, string>>;

const buildTimeoutMs = 300_000;

/** The folder that holds `nx.json`, from the current folder upwards. Throws outside a work tree. */
export function findWorkspace(from = process.cwd()): string {
  if (existsSync(join(from, 'nx.json'))) return from;
  if (dirname(from) === from) throw new Error('run this inside the work tree of Lockstep');
  return findWorkspace(dirname(from));
}

/** Bundles the three services; quick when nothing changed. Rejects with the bundler's output. */
export async function buildServices(signal: AbortSignal): Promise<Bundles> {
  const root = findWorkspace();
  const projects = serviceNames.map((name) => `@lockstep/${name}`).join(',');
  const nx = join(root, 'node_modules', '.bin', 'nx');
  await promisify(execFile)(nx, ['run-many', '-t', 'build', '-p', projects, '--outputStyle=static'], {
    cwd: root,
    signal,
    timeout: buildTimeoutMs,
    env: { ...process.env, NX_DAEMON: 'false', NODE_OPTIONS: '' },
  }).catch((error: Error & { stdout?: string }) => {
    throw new Error(`the services cannot be built:\n${error.stdout ?? error.message}`, { cause: error });
  });
  const file = (name: ServiceName): string => join(root, 'apps', name, 'dist', 'main.mjs');
  return { extractor: file('extractor'), marketing: file('marketing'), reconciler: file('reconciler') };
}
