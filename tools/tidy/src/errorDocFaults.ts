import { markdownRows, quotedName } from './markdownRows.ts';

/** The error table as it is exported: code to fate and the operator's sentence. */
export type ErrorTable = Readonly<Record<string, { readonly fate: string; readonly sentence: string }>>;

/**
 * Compares the error table with docs/errors.md, whose rows read `` | `CODE` | fate | sentence | ``. Returns one sentence per
 * code that is missing on either side or told differently.
 */
export function errorDocFaults(table: ErrorTable, markdown: string): string[] {
  const rows = documentedRows(markdown);
  const unknown = [...rows.keys()].filter((code) => table[code] === undefined);

  return [
    ...Object.entries(table).flatMap(([code, { fate, sentence }]) => {
      const row = rows.get(code);
      const wanted = `| \`${code}\` | ${fate} | ${sentence} |`;
      const told = row?.includes(sentence) === true && row.some((cell) => cell.toUpperCase() === fate);

      return told ? [] : [`docs/errors.md needs the row: ${wanted}`];
    }),
    ...unknown.map((code) => `docs/errors.md names ${code}, which the error table does not have.`),
  ];
}

function documentedRows(markdown: string): Map<string, string[]> {
  const rows = markdownRows(markdown).map((cells) => [quotedName(cells[0]), cells] as const);

  return new Map(rows.flatMap(([code, cells]) => (code === undefined ? [] : [[code, cells]])));
}
