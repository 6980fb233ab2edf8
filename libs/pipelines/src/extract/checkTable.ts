import { isSyncError, type SyncError } from '@lockstep/change-events';
import type { DynamicsCatalog, DynamicsReader, ExcludedColumn, TableSelection } from '@lockstep/ports';

/** What an extractor would meet at a table: its columns and rows, or why it could not read it. */
export type TableCheck = { readonly table: string } & (
  | {
      readonly columns: number;
      /** Null when the server does not tell. */
      readonly rows: number | null;
      readonly excluded: readonly ExcludedColumn[];
    }
  | { readonly fault: SyncError }
);

type Sources = {
  readonly catalog: DynamicsCatalog;
  readonly reader: Pick<DynamicsReader, 'countRows'>;
};

/** Asks what is asked before a first load (G-33); publishes and changes nothing. Throws what has no code of the error table. */
export async function checkTable(
  { catalog, reader }: Sources,
  selection: TableSelection,
  signal: AbortSignal,
): Promise<TableCheck> {
  const { table } = selection;
  try {
    const { definition, excluded } = await catalog.describe(selection, signal);

    return { table, columns: definition.fields.length, rows: await reader.countRows(definition), excluded };
  } catch (error) {
    if (!isSyncError(error)) throw error;

    return { table, fault: error };
  }
}
