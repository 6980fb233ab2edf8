import type { PersonTable } from './demoFields.ts';

/** A value as JSON carries it. */
export type Value = string | number | boolean | null;
export type Values = Readonly<Record<string, Value>>;

/** One row of Dynamics, and what Marketo already knows of the same person (by email), if anything. */
export type Person = {
  readonly table: PersonTable;
  /** GUID of the row, lower case. */
  readonly id: string;
  readonly row: Values;
  readonly inMarketo: Values | null;
};

/** What both systems hold before the product starts. */
export type People = {
  readonly persons: readonly Person[];
  /** Known to Marketo only; the product must leave them alone. */
  readonly marketoOnly: readonly Values[];
};

/** False when the row's filter column says No, so that it must stay away from Marketo. */
export function isSynced(person: Person): boolean {
  return person.row['new_synctomkto'] !== false;
}
