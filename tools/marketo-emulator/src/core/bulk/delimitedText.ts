import { stringify } from 'csv-stringify/sync';

/** How values of a row are kept apart, by the name of the format; the SSV separator is inferred (facts section 5). */
export const separators = { CSV: ',', TSV: '\t', SSV: ';' } as const;

/** A bulk file's format. */
export type BulkFormat = keyof typeof separators;

/** The format of a name in any case. */
export function formatOf(name: unknown): BulkFormat | undefined {
  const known = Object.keys(separators) as BulkFormat[];
  return known.find((format) => format === String(name).toUpperCase());
}

/** A file of rows; an empty value is the word null (facts 3.6). */
export function delimitedText(format: BulkFormat, rows: readonly (readonly unknown[])[]): string {
  const texts = rows.map((row) => row.map((value) => String(value ?? null)));
  return stringify(texts, { delimiter: separators[format] });
}
