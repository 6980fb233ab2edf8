import { topics, type ErrorCode, type MarketerRequest } from '@lockstep/change-events';
import type { BatchHandler, Clock, EventLog, RequestStore } from '@lockstep/ports';
import { withDeadLetters } from '../deadLetters.ts';

export type FollowRequestsOptions = {
  readonly requests: Pick<RequestStore, 'advance'>;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly onDeadLetter?: (code: ErrorCode) => void;
};

const group = 'lockstep.requests';
const batchSizeMax = 300;

/** Stores the states of `marketing.requests`, so that they can be asked for, until the signal. */
export async function followRequests(options: FollowRequestsOptions, signal: AbortSignal): Promise<void> {
  const { log, requests, clock, onDeadLetter } = options;
  const store: BatchHandler = async ({ messages }) => {
    const states = messages.map(({ value }) => value as MarketerRequest | null);
    await requests.advance(states.filter((state) => state !== null));
    return { messages: [] };
  };
  const handler = withDeadLetters(store, clock, onDeadLetter);
  await log.consume({ group, topics: [topics.requests], batchSizeMax }, handler, signal);
}
