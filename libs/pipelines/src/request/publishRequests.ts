import { SyncError, topics, type MarketerRequest } from '@lockstep/change-events';
import type { Clock, EventLog, Lease, OutgoingMessage, RequestStore } from '@lockstep/ports';
import type { Stepper } from '../extractChanges.ts';
import { notice } from '../notices.ts';

export type PublishRequestsOptions = {
  readonly requests: Pick<RequestStore, 'unpublished' | 'markPublished'>;
  readonly log: EventLog;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly headers?: () => Readonly<Record<string, string>>;
};

const source = 'marketo/requests';
const batchMax = 300;
/** What another process accepted is found this late. */
const idleMs = 1_000;

/**
 * Publishes what was accepted, oldest first. A crash before the mark publishes again, in whatever state the request is by
 * then; readers know its id.
 */
export async function openRequestPublisher(options: PublishRequestsOptions): Promise<Stepper> {
  const { requests, log, lease, clock, headers } = options;
  const publisher = await log.openPublisher(source);

  return {
    async step() {
      const waiting = await requests.unpublished(batchMax);
      if (waiting.length === 0) return { idleMs };
      if (!lease.isHeld()) throw new SyncError('LEASE_LOST', { source });
      await publisher.publish([
        ...waiting.map((request) => ({ ...messageOf(request), headers: headers?.() ?? {} })),
        ...refusals(waiting, clock.now()),
      ]);
      await requests.markPublished(waiting.map(({ requestId }) => requestId));

      return { idleMs: waiting.length < batchMax ? idleMs : 0 };
    },
    close: () => publisher.close(),
  };
}

function messageOf(request: MarketerRequest): OutgoingMessage {
  return { topic: topics.requests, key: request.personId, value: request };
}

/** Nobody who wrote a request into a field is told in Marketo that it could not be understood. */
function refusals(requests: readonly MarketerRequest[], atMs: number): OutgoingMessage[] {
  const refused = requests.filter(({ state }) => state === 'FAILED');
  if (refused.length === 0) return [];
  const facts = { example: refused[0]?.requestId ?? '' };

  return [notice('REQUESTS_REFUSED', source, { counts: { requests: refused.length }, facts, atMs })];
}
