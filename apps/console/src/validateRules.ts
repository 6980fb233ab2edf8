import { readFile } from 'node:fs/promises';
import { SyncError } from '@lockstep/change-events';
import { faultLine, readRules, editorSchema } from '@lockstep/rules';

export type ValidateOptions = { readonly schema?: boolean };

/**
 * Says every fault of a file of rules, one a line, or its hash when there is none; with `schema` prints the JSON Schema
 * for editors instead. True when the file has faults. Throws CONFIG_INVALID when it cannot be read.
 */
export async function validateRules(
  file: string,
  { schema = false }: ValidateOptions,
  print: (line: string) => void,
): Promise<boolean> {
  if (schema) {
    print(JSON.stringify(editorSchema, null, 2));
    return false;
  }
  const result = readRules(await textOf(file));
  if ('rules' in result) {
    print(`${file} is in order: ${result.rules.mapping.length} fields, hash ${result.rules.hash}.`);
    return false;
  }
  for (const fault of result.faults) print(faultLine(file, fault));

  return true;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new SyncError('CONFIG_INVALID', { file: `${file} cannot be read.` });
  }
}
