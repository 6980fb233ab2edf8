import type { Conflict } from '@lockstep/change-events';
import type { PastConflictStore } from '@lockstep/ports';
import {
  refusalOfUndo,
  type GoldenRecord,
  type MappingRow,
  type UndoRefusal,
} from '@lockstep/reconciliation';
import { findRecords, type RecordStores, type Sought } from './findRecords.ts';
import { recordView, type RecordView } from './recordView.ts';

export type ExplainStores = RecordStores & { readonly pastConflicts: Pick<PastConflictStore, 'read'> };

/** A conflict; `undo` is `possible`, or the code of what keeps it from being undone; absent where the mapping is not known. */
export type ConflictView = Conflict & { readonly undo?: UndoRefusal | 'possible' };

/** A record, and the conflicts that fell out of it and are still kept: the newest 200, oldest first. */
export type ExplainedRecord = Omit<RecordView, 'conflicts'> & {
  readonly conflicts: readonly ConflictView[];
  readonly pastConflicts: readonly ConflictView[];
};

const pastMax = 200;

/** What is known of the records that are sought, past conflicts among it. With the mapping of persons it says what can be undone. */
export async function explainRecords(
  stores: ExplainStores,
  sought: Sought,
  mapping: readonly MappingRow[] | null = null,
): Promise<readonly ExplainedRecord[]> {
  const records = await findRecords(stores, sought);

  return Promise.all(
    records.map(async (record) => {
      const past = await pastOf(stores.pastConflicts, record);
      const view = (conflict: Conflict): ConflictView => ({
        ...conflict,
        ...(mapping && { undo: refusalOfUndo(record, conflict, mapping) ?? 'possible' }),
      });

      return {
        ...recordView(record),
        conflicts: record.conflicts.map(view),
        pastConflicts: past.map(view),
      };
    }),
  );
}

/** All conflicts of a record that are kept, oldest first. */
export const conflictsOf = async (
  store: Pick<PastConflictStore, 'read'>,
  record: GoldenRecord,
): Promise<readonly Conflict[]> => [...(await pastOf(store, record)), ...record.conflicts];

async function pastOf(
  store: Pick<PastConflictStore, 'read'>,
  { goldenId, conflicts }: GoldenRecord,
): Promise<readonly Conflict[]> {
  const own = new Set(conflicts.map(keyOf));

  return (await store.read(goldenId, pastMax)).filter((conflict) => !own.has(keyOf(conflict)));
}

const keyOf = ({ at, field, rule }: Conflict): string => [at, field, rule].join('/');
