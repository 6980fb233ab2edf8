/** A synchronous plug-in as data: what it does inside the write of somebody else. */
export interface Plugin {
  readonly id: string;
  readonly table: string;
  readonly message: 'Create' | 'Update';
  /** It runs when one of these is written; null for every write. */
  readonly whenColumns: readonly string[] | null;
  /** Columns it sets, in the words of the API. */
  readonly set: Readonly<Record<string, unknown>>;
  /** It refuses the write with this message. */
  readonly abort: string | null;
}
