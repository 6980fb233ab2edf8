import { SyncError } from '@lockstep/change-events';
import type { DynamicsPage } from '../dynamicsTable.ts';
import type { DynamicsRowStore, VersionedChange } from './dynamicsRowStore.ts';

/** Where a tracked read stands; `upTo` is fixed on its first page, so later edits surface in the next delta. */
type Position = {
  readonly table: string;
  /** 0 for a full read, which knows no deletes. */
  readonly from: number;
  /** Null on a delta link, whose read has not begun. */
  readonly upTo: number | null;
  /** Rows come before deletes. */
  readonly phase: 'rows' | 'deletes';
  readonly after: number;
  readonly issue: number;
};

/** Reads pages by position and lets positions expire, as Dataverse does after its retention. */
export type DynamicsPages = {
  /** Throws DYNAMICS_POSITION_EXPIRED for an expired or unknown position. */
  read(table: string, position: string | null): DynamicsPage;
  /** No position handed out so far is accepted any more. */
  expire(): void;
};

export function createDynamicsPages(store: DynamicsRowStore, pageSizeMax: number): DynamicsPages {
  let issue = 0;
  let expiredUpTo = 0;
  const issued = (position: Omit<Position, 'issue'>): string => {
    issue += 1;

    return JSON.stringify({ ...position, issue });
  };
  const start = (table: string, position: string | null): Omit<Position, 'issue'> & { upTo: number } => {
    const upTo = store.version();
    if (position === null) return { table, from: 0, upTo, phase: 'rows', after: 0 };
    const known = parsePosition(position);
    if (known?.table !== table || known.issue <= expiredUpTo)
      throw new SyncError('DYNAMICS_POSITION_EXPIRED', { table });

    return { ...known, upTo: known.upTo ?? upTo };
  };

  return {
    read(table, position) {
      store.definition(table);
      const at = start(table, position);
      const left = remaining(store, at);
      const page = left.slice(0, pageSizeMax);
      const last = page.at(-1);
      const complete = left.length === page.length;
      const next: Omit<Position, 'issue'> =
        complete || last === undefined
          ? { table, from: at.upTo, upTo: null, phase: 'rows', after: at.upTo }
          : { ...at, phase: last.row ? 'rows' : 'deletes', after: last.version };

      return {
        rows: page.flatMap(({ row }) => (row ? [row] : [])),
        deletedIds: page.flatMap(({ id, row }) => (row ? [] : [id])),
        refused: [],
        position: issued(next),
        complete,
        metadataVersion: store.metadataVersion(table),
        mark: at.upTo,
      };
    },
    expire() {
      expiredUpTo = issue;
    },
  };
}

function remaining(
  store: DynamicsRowStore,
  { table, from, upTo, phase, after }: Omit<Position, 'issue'> & { upTo: number },
): readonly VersionedChange[] {
  const changes = store.changes(table, from, upTo);
  const rows = changes.filter(({ row, version }) => row !== null && phase === 'rows' && version > after);
  const deletesAfter = phase === 'rows' ? from : after;
  const deletes = changes.filter(({ row, version }) => row === null && from > 0 && version > deletesAfter);

  return [...rows, ...deletes];
}

function parsePosition(text: string): Position | null {
  try {
    return JSON.parse(text) as Position;
  } catch {
    return null;
  }
}
