import { markdownRows, quotedName } from './markdownRows.ts';

/** What this check reads of a setting; the apps' own type has more. */
export type DocumentedSetting = { readonly name: string };

/** Compares the settings of all apps with the rows of docs/configuration.md, whose first cell is the back-ticked name. */
export function settingDocFaults(settings: readonly DocumentedSetting[], markdown: string): string[] {
  const known = new Set(settings.map(({ name }) => name));
  const documented = new Set(
    markdownRows(markdown).flatMap((cells) => {
      const name = quotedName(cells[0]);

      return name !== undefined && /^[A-Z][A-Z0-9_]+$/.test(name) ? [name] : [];
    }),
  );

  return [
    ...[...known]
      .filter((name) => !documented.has(name))
      .map((name) => `docs/configuration.md lacks ${name}.`),
    ...[...documented]
      .filter((name) => !known.has(name))
      .map((name) => `docs/configuration.md names ${name}, which no app reads.`),
  ];
}
