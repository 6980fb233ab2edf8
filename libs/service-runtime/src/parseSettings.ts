import { SyncError } from '@lockstep/change-events';
import { readSetting } from './readSetting.ts';
import type { Reading, SettingValue } from './readSetting.ts';
import type { Environment, Setting, SettingValues } from './setting.ts';

type Found = { readonly setting: Setting; readonly reading: Reading | undefined };

/**
 * Reads all settings of a service from `env`. Throws SyncError CONFIG_INVALID with every fault at once: its details
 * map each setting's name to a plain sentence, and no sentence quotes a value.
 */
export function parseSettings<const Settings extends readonly Setting[]>(
  settings: Settings,
  env: Environment,
): SettingValues<Settings> {
  const found = settings.map((setting) => ({ setting, reading: readingOf(setting, env) }));
  const values = new Map(
    found.flatMap(({ setting, reading }) =>
      reading !== undefined && 'value' in reading ? [[setting.name, reading.value] as const] : [],
    ),
  );
  const faults = found.flatMap((one) => {
    const sentence = ownFault(one) ?? missingPartner(one, found) ?? excess(one.setting, values);

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

  return text === '' ? { value: '' } : readSetting(setting, text);
}

function textOf(setting: Setting, env: Environment): string | undefined {
  const given = env[setting.name]?.trim();
  if (given !== undefined && (given !== '' || setting.mayBeEmpty === true)) return given;

  return setting.default?.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => env[name]?.trim() ?? '');
}

function ownFault({ setting, reading }: Found): string | undefined {
  if (reading !== undefined) return 'fault' in reading ? reading.fault : undefined;

  return setting.required === true ? `is missing. ${setting.description}` : undefined;
}

function missingPartner({ setting, reading }: Found, found: readonly Found[]): string | undefined {
  if (reading === undefined) return undefined;
  const partner = found.find(
    (other) => setting.requires?.includes(other.setting.name) === true && other.reading === undefined,
  );

  return partner && `needs ${partner.setting.name} as well.`;
}

function excess({ name, notAbove }: Setting, values: ReadonlyMap<string, SettingValue>): string | undefined {
  const limit = notAbove === undefined ? undefined : values.get(notAbove);
  const isAbove = typeof limit === 'number' && Number(values.get(name)) > limit;

  return isAbove ? `must not be above ${notAbove}.` : undefined;
}

function camelCase(name: string): string {
  return name.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
