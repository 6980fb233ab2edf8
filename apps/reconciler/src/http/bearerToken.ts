import { readFile } from 'node:fs/promises';
import { SyncError } from '@lockstep/change-events';
import { tokenShape, type Config } from '../config.ts';

/**
 * How the token of now is learnt; null when there is none and the API stays away. A file that cannot be read, or holds no token,
 * is CONFIG_INVALID.
 */
export function tokenOf({
  apiToken,
  apiTokenFile,
}: Pick<Config, 'apiToken' | 'apiTokenFile'>): (() => Promise<string>) | null {
  if (apiTokenFile !== undefined) return () => tokenIn(apiTokenFile);

  return apiToken === undefined ? null : () => Promise.resolve(apiToken);
}

async function tokenIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) throw fault(`${file} cannot be read.`);
  const token = text.trim();
  if (!tokenShape.pattern.test(token)) throw fault(`${file} must hold ${tokenShape.words}.`);

  return token;
}

const fault = (sentence: string) => new SyncError('CONFIG_INVALID', { API_TOKEN_FILE: sentence });
