import { readFile } from 'node:fs/promises';
import type { Config } from '../config.ts';

/** How the token of now is learnt; null when there is none and the API stays away. */
export function tokenOf({
  apiToken,
  apiTokenFile,
}: Pick<Config, 'apiToken' | 'apiTokenFile'>): (() => Promise<string>) | null {
  if (apiTokenFile !== undefined) return async () => (await readFile(apiTokenFile, 'utf8')).trim();

  return apiToken === undefined ? null : () => Promise.resolve(apiToken);
}
