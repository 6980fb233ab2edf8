import type { InboxMessage } from '@lockstep/change-events';
import type { GoldenStore } from '@lockstep/ports';
import type { GoldenRecord } from '@lockstep/reconciliation';

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
  const rowIds = record.rows.filter(({ system }) => system === 'dynamics').map(({ id }) => id);
  const found = rowIds.length === 0 ? [] : await golden.findNaming(rowIds, message.target, limitMax);
  const reason = record.entity ? 'due' : 'parent';
  const woken = found.map((goldenId): WakeUp => ({ kind: 'wake-up', goldenId, reason, target: null }));
  const last = found.at(-1);

  return found.length < limitMax || last === undefined ? woken : [...woken, { ...message, target: last }];
}
