/** Rows are duplicates of each other when all of these columns are alike. */
export interface DuplicateRule {
  readonly id: string;
  readonly table: string;
  /** Logical names. */
  readonly columns: readonly string[];
}

/** The rules that an organisation starts with (Microsoft's page on duplicate detection). */
export const standardDuplicateRules: readonly Omit<DuplicateRule, 'id'>[] = [
  { table: 'lead', columns: ['emailaddress1'] },
  { table: 'contact', columns: ['emailaddress1'] },
  { table: 'contact', columns: ['firstname', 'lastname'] },
  { table: 'account', columns: ['emailaddress1'] },
  { table: 'account', columns: ['name'] },
];
