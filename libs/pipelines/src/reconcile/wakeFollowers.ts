import type { InboxMessage } from '@lockstep/change-events';
import type { GoldenStore } from '@lockstep/ports';
import { activeRow, rowKey, type GoldenRecord } from '@lockstep/reconciliation';

type WakeUp = Extract<InboxMessage, { kind: 'wake-up' }>;
type Told = { readonly message: WakeUp; readonly record: GoldenRecord };

/** Wake-ups of one message at most; the message that asks for the next ones follows them. */
const pageMax = 500;

/**
 * What wakes those who name the rows of these records (`followers`), page after page. From a person the way has two hops at
 * most: who names it tells those who name themselves, and these tell nobody.
 */
export async function wakeFollowers(
  golden: Pick<GoldenStore, 'findNaming'>,
  asked: readonly Told[],
  limitMax = pageMax,
): Promise<readonly InboxMessage[]> {
  const woken = await Promise.all(asked.map((told) => pageOf(golden, told, limitMax)));

  return woken.flat();
}

async function pageOf(
  golden: Pick<GoldenStore, 'findNaming'>,
  { message, record }: Told,
  limitMax: number,
): Promise<readonly InboxMessage[]> {
  const names = namesIn(record);
  const found = names.length === 0 ? [] : await golden.findNaming(names, message.target, limitMax);
  const reason = record.entity ? 'due' : 'parent';
  const woken = found.map((goldenId): WakeUp => ({ kind: 'wake-up', goldenId, reason, target: null }));
  const last = found.at(-1);

  return found.length < limitMax || last === undefined ? woken : [...woken, { ...message, target: last }];
}

/**
 * Rows of Dynamics go by their id, and the person into whom others were merged by its key: the one that speaks, since of those nobody
 * carries on for itself.
 */
function namesIn(record: GoldenRecord): readonly string[] {
  const rowIds = record.rows.filter(({ system }) => system === 'dynamics').map(({ id }) => id);
  const person = record.entity ? undefined : activeRow(record, 'marketo');

  return person ? [...rowIds, rowKey(person)] : rowIds;
}
