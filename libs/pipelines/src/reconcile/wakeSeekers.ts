import type { InboxMessage } from '@lockstep/change-events';
import type { GoldenStore } from '@lockstep/ports';
import { soughtKey } from '@lockstep/reconciliation';

type WakeUp = Extract<InboxMessage, { kind: 'wake-up' }>;

/** Wake-ups of one message at most; the message that asks for the next ones follows them. */
const pageMax = 500;

/** What wakes those who look for an account by a key that one took up or gave up (`seekers`), page after page. */
export async function wakeSeekers(
  golden: Pick<GoldenStore, 'findKeyed'>,
  messages: readonly InboxMessage[],
  limitMax = pageMax,
): Promise<readonly InboxMessage[]> {
  const asked = messages.flatMap((message) =>
    message.kind === 'wake-up' && message.reason === 'seekers' ? [message] : [],
  );
  const woken = await Promise.all(asked.map((message) => pageOf(golden, message, limitMax)));

  return woken.flat();
}

async function pageOf(
  golden: Pick<GoldenStore, 'findKeyed'>,
  message: WakeUp,
  limitMax: number,
): Promise<readonly InboxMessage[]> {
  const [key = '', after = null] = (message.target ?? '').split('\n');
  const found = await golden.findKeyed(soughtKey(key), after, limitMax);
  const woken = found.map((goldenId): WakeUp => ({ kind: 'wake-up', goldenId, reason: 'due', target: null }));
  const last = found.at(-1);

  return found.length < limitMax || last === undefined
    ? woken
    : [...woken, { ...message, target: `${key}\n${last}` }];
}
