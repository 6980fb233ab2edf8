/** How many rows of a table to ask for at once: fewer since an answer was larger than may be held in memory. */
export type PageSizes = {
  of(table: string): number;
  shrink(table: string): void;
};

export function createPageSizes(pageSizeMax: number): PageSizes {
  const sizes = new Map<string, number>();
  const sizeOf = (table: string): number => sizes.get(table) ?? pageSizeMax;

  return {
    of: sizeOf,
    shrink: (table) => void sizes.set(table, Math.max(1, Math.floor(sizeOf(table) / 2))),
  };
}
