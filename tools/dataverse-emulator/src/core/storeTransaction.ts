import type { StoredRow } from './packRow.ts';

/** A version of a row that another took the place of. */
export interface ReplacedRow {
  readonly table: string;
  readonly id: string;
  readonly before: StoredRow;
}

/** What runs and may be undone. */
export interface Transaction {
  /** Which one of the store's. */
  readonly number: number;
  /** What it replaced, oldest first; what was undone meanwhile stays listed. */
  readonly replaced: readonly ReplacedRow[];
}

/** A transaction as the store keeps it. */
export interface RunningTransaction extends Transaction {
  readonly replaced: ReplacedRow[];
  /** Steps that undo what it did. */
  readonly undo: (() => void)[];
}

/** Runs a part of a transaction; when it throws, what that part did is undone. */
export function undoneWhenThrown<Result>({ undo }: RunningTransaction, work: () => Result): Result {
  const mark = undo.length;
  try {
    return work();
  } catch (error) {
    for (const step of undo.splice(mark).reverse()) step();
    throw error;
  }
}
