import type { InboxMessage, Scalar } from '@lockstep/change-events';
import type { GoldenStore } from '@lockstep/ports';
import { activeRow, keysSought, type GoldenRecord } from '@lockstep/reconciliation';
import { nameInMarketo } from './readParents.ts';

type Accounts = {
  /** Ids of accounts by key; two tell that there are several. */
  readonly accounts: ReadonlyMap<string, readonly string[]>;
  /** By what Marketo knows those that it has. */
  readonly parents: ReadonlyMap<string, Scalar>;
};

const foundMax = 2;

/**
 * The accounts that contacts look for, of records that are woken: what these look for was saved before, so that an account that
 * is not found here finds them when it comes.
 */
export async function readAccounts(
  golden: Pick<GoldenStore, 'findKeyed' | 'load'>,
  messages: readonly InboxMessage[],
  stored: ReadonlyMap<string, GoldenRecord>,
): Promise<Accounts> {
  const woken = messages.flatMap(({ kind, goldenId }) =>
    kind === 'wake-up' ? (stored.get(goldenId) ?? []) : [],
  );
  const keys = [...new Set(woken.flatMap(keysSought))];
  const found = await Promise.all(
    keys.map(async (key) => [key, await golden.findKeyed(key, null, foundMax)] as const),
  );
  const goldenIds = [...new Set(found.flatMap(([, ids]) => ids))];
  const records = goldenIds.length === 0 ? new Map<string, GoldenRecord>() : await golden.load(goldenIds);
  const rowIdsOf = (goldenId: string): readonly string[] => {
    const row = activeRow(records.get(goldenId) ?? { rows: [] }, 'dynamics');

    return row ? [row.id] : [];
  };

  return {
    accounts: new Map(found.map(([key, ids]) => [key, ids.flatMap(rowIdsOf)])),
    parents: new Map(
      [...records].flatMap(([goldenId, record]) =>
        rowIdsOf(goldenId).flatMap((id) => {
          const name = nameInMarketo(record, id);

          return name === null ? [] : [[id, name] as const];
        }),
      ),
    ),
  };
}
