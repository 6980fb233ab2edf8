import type { DynamicsRow } from '@lockstep/ports';
import type { Reading, Session } from './session.ts';
import { purposeOf, stateOf } from './tableState.ts';

export type JudgedPage = {
  /** Rows that are announced because the topic does not show them like this. */
  readonly fresh: readonly DynamicsRow[];
  /** Rows that are announced although the topic shows them like this. */
  readonly repeated: readonly DynamicsRow[];
  /** All rows that are on the page. */
  readonly met: readonly DynamicsRow[];
  /** A row is in a state that came before the one that is published. */
  readonly wentBack: boolean;
};

/** Which rows of a page of the whole table are announced, by the purpose of the read. */
export function judgePage(
  { checkpoint, recent }: Session,
  { known }: Reading,
  rows: readonly DynamicsRow[],
): JudgedPage {
  if (known === null) {
    const fresh = rows.filter(({ id, version }) => !recent.has(id, version));
    return { fresh, repeated: [], met: [], wentBack: false };
  }
  const { from, to } = stateOf(checkpoint);
  const repeats = purposeOf(checkpoint) === 'BACKFILL';
  const open = rows.filter(({ id, version }) => !known.isMetAt(id, version));
  const verdicts = open.map((row) => ({ row, verdict: known.judge(row.id, row) }));
  const isSame = ({ verdict }: { readonly verdict: string }): boolean => verdict === 'SAME';

  return {
    fresh: verdicts.filter((judged) => !isSame(judged)).map(({ row }) => row),
    repeated: repeats
      ? verdicts.filter((judged) => isSame(judged) && isInRange(judged.row, from, to)).map(({ row }) => row)
      : [],
    met: open,
    wentBack: verdicts.some(({ verdict }) => verdict === 'BACKWARD'),
  };
}

function isInRange(row: DynamicsRow, from: string | null, to: string | null): boolean {
  if (from === null && to === null) return true;
  const createdOn = row.fields['createdon'];
  const times = [row.changedAt, typeof createdOn === 'string' ? createdOn : null].flatMap((text) =>
    text === null ? [] : [Date.parse(text)],
  );
  const [fromMs, toMs] = [
    from === null ? -Infinity : Date.parse(from),
    to === null ? Infinity : Date.parse(to),
  ];

  return times.some((time) => time >= fromMs && time <= toMs);
}
