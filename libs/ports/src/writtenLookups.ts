/** Lookups that are written, by column, and the table of the rows that they are bound to; values are ids. */
export const writtenLookups: Readonly<Partial<Record<string, string>>> = { parentcustomerid: 'account' };
