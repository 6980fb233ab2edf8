import { distance } from 'fastest-levenshtein';
import type { Environment, Setting } from './setting.ts';

/** As far as two names of settings of ours are never apart that belong to different services: they may share one file. */
const distanceMax = 2;
/** A shorter name is near to too many. */
const lengthMin = 7;

export type MisspeltSetting = { readonly name: string; readonly nearest: string };

/** Variables that are read by nobody and nearly have the name of a setting, which takes its default then. */
export function misspeltSettings(settings: readonly Setting[], env: Environment): readonly MisspeltSetting[] {
  const known = settings.flatMap(({ name, secret }) => (secret === true ? [name, `${name}_FILE`] : [name]));
  const unknown = Object.keys(env).filter((name) => name.length >= lengthMin && !known.includes(name));

  return unknown.flatMap((name) => {
    const nearest = known.find((one) => env[one] === undefined && distance(name, one) <= distanceMax);

    return nearest === undefined ? [] : [{ name, nearest }];
  });
}
