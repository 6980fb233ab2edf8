import { readFileSync } from 'node:fs';
import { readSetting, type Reading } from './readSetting.ts';
import type { Environment, Setting } from './setting.ts';

/**
 * A secret from the file that `<NAME>_FILE` names, as container platforms hand them out; undefined where none is named. Where one of
 * `names` is that of the file, it is a setting of its own, which is read again when it changes.
 */
export function secretInFile(
  setting: Setting,
  names: ReadonlySet<string>,
  env: Environment,
): Reading | undefined {
  const fileName = `${setting.name}_FILE`;
  const file = given(env, fileName);
  if (setting.secret !== true || file === '' || names.has(fileName)) return undefined;
  if (given(env, setting.name) !== '') return { fault: `must not be set beside ${fileName}.` };

  return readFrom(setting, file);
}

const given = (env: Environment, name: string): string => env[name]?.trim() ?? '';

function readFrom(setting: Setting, file: string): Reading {
  const text = textOf(file);
  if (text === undefined) return { fault: `cannot be read from the file that ${setting.name}_FILE names.` };

  return text === ''
    ? { fault: `is empty in the file that ${setting.name}_FILE names.` }
    : readSetting(setting, text);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
