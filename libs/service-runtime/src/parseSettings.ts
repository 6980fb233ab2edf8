import { SyncError } from '@lockstep/change-events';
import { readSetting } from './readSetting.ts';
import { secretInFile } from './secretInFile.ts';
import type { Reading, SettingValue } from './readSetting.ts';
import type { Environment, Setting, SettingValues } from './setting.ts';

type Found = { readonly setting: Setting; readonly reading: Reading | undefined };

/**
 * Reads all settings of a service from `env`, a secret also from the file that `<NAME>_FILE` names. Throws SyncError CONFIG_INVALID with every fault at once: its details
 * map each setting's name to a plain sentence, and no sentence quotes a value.
 */
export function parseSettings<const Settings extends readonly Setting[]>(
  settings: Settings,
  env: Environment,
): SettingValues<Settings> {
  const names = new Set(settings.map(({ name }) => name));
  const found = settings.map((setting) => ({
    setting,
    reading: secretInFile(setting, names, env) ?? readingOf(setting, env),
  }));
  const values = new Map(
    found.flatMap(({ setting, reading }) =>
      reading !== undefined && 'value' in reading ? [[setting.name, reading.value] as const] : [],
    ),
  );
  const faults = found.flatMap((one) => {
    const sentence =
      ownFault(one, found) ??
      switchFault(one, found) ??
      partnerFault(one, found) ??
      excess(one.setting, values);

    return sentence === undefined ? [] : [[one.setting.name, sentence] as const];
  });
  if (faults.length > 0) throw new SyncError('CONFIG_INVALID', Object.fromEntries(faults));

  return Object.fromEntries(
    settings.map(({ name }) => [camelCase(name), values.get(name)]),
  ) as SettingValues<Settings>;
}

function readingOf(setting: Setting, env: Environment): Reading | undefined {
  const text = textOf(setting, env);
  if (text === undefined) return undefined;

  return text === '' && setting.kind !== 'lists' ? { value: '' } : readSetting(setting, text);
}

function textOf(setting: Setting, env: Environment): string | undefined {
  const given = env[setting.name]?.trim();
  if (given !== undefined && (given !== '' || setting.mayBeEmpty === true)) return given;

  return setting.default?.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => env[name]?.trim() ?? '');
}

function ownFault({ setting, reading }: Found, found: readonly Found[]): string | undefined {
  if (reading !== undefined) return 'fault' in reading ? reading.fault : undefined;
  const { required, requiredUnless, description } = setting;
  if (required === true) return `is missing. ${description}`;
  if (requiredUnless === undefined || isGiven(requiredUnless, found)) return undefined;

  return `is missing, and so is ${requiredUnless}. ${description}`;
}

const isGiven = (name: string, found: readonly Found[]): boolean =>
  found.some(({ setting, reading }) => setting.name === name && reading !== undefined);

function switchFault({ setting, reading }: Found, found: readonly Found[]): string | undefined {
  const { needsSwitch } = setting;
  if (reading === undefined || needsSwitch === undefined) return undefined;
  const other = found.find(({ setting: { name } }) => name === needsSwitch)?.reading;
  const isOn = other !== undefined && 'value' in other && other.value === true;

  return isOn ? undefined : `needs ${needsSwitch}=true as well.`;
}

function partnerFault({ setting, reading }: Found, found: readonly Found[]): string | undefined {
  if (reading === undefined) return undefined;
  const missing = setting.requires?.find((name) => !isGiven(name, found));
  if (missing !== undefined) return `needs ${missing} as well.`;
  const excluded = setting.excludes?.find((name) => isGiven(name, found));
  if (excluded !== undefined) return `must not be set beside ${excluded}.`;

  return noneOf(setting.requiresOneOf ?? [], found);
}

function noneOf(names: readonly string[], found: readonly Found[]): string | undefined {
  if (names.length === 0 || names.some((name) => isGiven(name, found))) return undefined;

  return `needs one of ${names.join(', ')} as well.`;
}

function excess({ name, notAbove }: Setting, values: ReadonlyMap<string, SettingValue>): string | undefined {
  const limit = notAbove === undefined ? undefined : values.get(notAbove);
  const isAbove = typeof limit === 'number' && Number(values.get(name)) > limit;

  return isAbove ? `must not be above ${notAbove}.` : undefined;
}

function camelCase(name: string): string {
  return name.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
