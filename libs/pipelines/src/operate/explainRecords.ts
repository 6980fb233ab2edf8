import type { Conflict } from '@lockstep/change-events';
import type { PastConflictStore } from '@lockstep/ports';
import { findRecords, type RecordStores, type Sought } from './findRecords.ts';
import { recordView, type RecordView } from './recordView.ts';

export type ExplainStores = RecordStores & { readonly pastConflicts: Pick<PastConflictStore, 'read'> };

/** A record, and the conflicts that fell out of it and are still kept: the newest 200, oldest first. */
export type ExplainedRecord = RecordView & { readonly pastConflicts: readonly Conflict[] };

const pastMax = 200;

/** What is known of the records that are sought, past conflicts among it. */
export async function explainRecords(
  stores: ExplainStores,
  sought: Sought,
): Promise<readonly ExplainedRecord[]> {
  const views = (await findRecords(stores, sought)).map(recordView);

  return Promise.all(
    views.map(async (view) => {
      const past = await stores.pastConflicts.read(view.goldenId, pastMax);
      const own = new Set(view.conflicts.map(keyOf));

      return { ...view, pastConflicts: past.filter((conflict) => !own.has(keyOf(conflict))) };
    }),
  );
}

const keyOf = ({ at, field, rule }: Conflict): string => [at, field, rule].join('/');
