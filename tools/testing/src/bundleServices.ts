import { join } from 'node:path';
import { bundleInto } from './bundle.ts';

export const serviceNames = ['extractor', 'marketing', 'reconciler'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The file to run for each service. */
export type Bundles = Readonly<Record<ServiceName, string>>;

/** Bundles the services into the folder. */
export async function bundleServices(folder: string): Promise<Bundles> {
  await bundleInto(folder, {
    ...Object.fromEntries(serviceNames.map((name) => [name, `apps/${name}/src/main.ts`])),
    pageThread: 'apps/extractor/src/pageThread.ts',
  });
  const file = (name: ServiceName): string => join(folder, `${name}.mjs`);
  return { extractor: file('extractor'), marketing: file('marketing'), reconciler: file('reconciler') };
}
