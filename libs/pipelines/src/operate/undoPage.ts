import type { Conflict } from '@lockstep/change-events';
import type { GoldenStore } from '@lockstep/ports';
import { refusalOfUndo, type GoldenRecord, type MappingRow } from '@lockstep/reconciliation';
import { told, wishMessage, type Asker, type AskOptions } from './askRecords.ts';

/** Which decisions: those made from a time on and before another one, by a rule and of a field where these are named. */
export type UndoFilter = {
  readonly from: string;
  readonly until: string;
  readonly rule?: string | undefined;
  readonly field?: string | undefined;
};

export type UndoPage = {
  readonly records: number;
  /** Decisions that are meant, each the last one of its field. */
  readonly found: number;
  readonly undone: number;
  /** How many of the others cannot be undone, by code. */
  readonly kept: Readonly<Record<string, number>>;
  readonly next: string | null;
};

export type UndoPageOptions = AskOptions & {
  readonly golden: Pick<GoldenStore, 'page'>;
  /** That of persons, as it is in force. */
  readonly mapping: readonly MappingRow[];
};

const recordsMax = 500;

/**
 * Has a page of records give back what the last decision of each field took (G-05), where it is meant. Conflicts that left the last 20
 * of their record are not looked at. Each owner looks again, as at the undo of one decision.
 */
export async function undoPage(
  options: UndoPageOptions,
  {
    filter,
    after,
    isDryRun,
    actor,
  }: Asker & { readonly filter: UndoFilter; readonly after: string | null; readonly isDryRun: boolean },
): Promise<UndoPage> {
  const records = await options.golden.page(after, recordsMax);
  const found = records.flatMap((record) =>
    lastMeant(record, filter).map((conflict) => ({ record, conflict })),
  );
  const kept: Record<string, number> = {};
  const wishes = found.flatMap(({ record, conflict }) => {
    const refusal = refusalOfUndo(record, conflict, options.mapping);
    if (refusal !== null) kept[refusal] = (kept[refusal] ?? 0) + 1;
    return refusal === null ? [wishMessage({ goldenId: record.goldenId, wish: 'undo', conflict })] : [];
  });
  if (wishes.length > 0 && !isDryRun)
    await options.publisher.publish([
      ...wishes,
      told(options, 'golden', { actor, action: 'undo', records: wishes.length }),
    ]);
  const next = records.length === recordsMax ? (records.at(-1)?.goldenId ?? null) : null;

  return { records: records.length, found: found.length, undone: wishes.length, kept, next };
}

/** The last decision of each field of a record that the filter means. */
function lastMeant({ conflicts }: GoldenRecord, filter: UndoFilter): readonly Conflict[] {
  const last = new Map(conflicts.map((conflict) => [conflict.field, conflict]));

  return [...last.values()].filter((conflict) => isMeant(conflict, filter));
}

function isMeant({ at, rule, field }: Conflict, filter: UndoFilter): boolean {
  const atMs = Date.parse(at);
  const isThen = atMs >= Date.parse(filter.from) && atMs < Date.parse(filter.until);

  return isThen && [undefined, rule].includes(filter.rule) && [undefined, field].includes(filter.field);
}
