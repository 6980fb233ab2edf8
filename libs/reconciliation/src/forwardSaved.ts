import type { InboxMessage } from '@lockstep/change-events';
import type { Draft } from './decision.ts';

/**
 * Tells another record what is told once: the message is saved with the record, and stays until a later save finds it published.
 * What is asked again anyhow goes to `forwards` alone.
 */
export function forwardSaved({ record, forwards }: Draft, message: InboxMessage): void {
  const { goldenId, revision, outbox } = record;
  const number = outbox.filter(({ kind }) => kind === 'forward').length;
  const entryId = `${goldenId}/${revision.epoch}.${revision.number}/forward/${number}`;
  forwards.push(message);
  record.outbox.push({ kind: 'forward', entryId, message });
}
