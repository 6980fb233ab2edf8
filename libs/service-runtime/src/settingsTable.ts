import type { Setting } from './setting.ts';

/** The settings of one service as the Markdown table that docs/configuration.md shows. */
export function settingsTable(settings: readonly Setting[]): string {
  const rows = settings.map(
    (setting) =>
      `| \`${setting.name}\` | ${setting.description} | ${defaultCell(setting)} | ${setting.secret === true ? 'yes' : 'no'} |`,
  );

  return ['| name | what | default | secret |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function defaultCell(setting: Setting): string {
  if (setting.required === true) return 'required';

  return setting.default === undefined || setting.default === '' ? 'none' : `\`${setting.default}\``;
}
