import { topics, type ErrorCode } from '@lockstep/change-events';
import { marketoBatchMax, type EventLog } from '@lockstep/ports';
import { withDeadLetters } from '../deadLetters.ts';
import { createDeliverer, type DeliverOptions } from '../deliverWrites.ts';
import { onePerKey } from '../onePerKey.ts';
import { withUnfitNotices } from './unfitNotices.ts';

export type DeliverLanesOptions = DeliverOptions & {
  readonly log: EventLog;
  readonly onDeadLetter?: (code: ErrorCode) => void;
};

const group = 'lockstep.deliver';
export const backfillGroup = `${group}.backfill`;
/** Whole calls per partition, so that little is left over that waits for others. */
const lanes = [
  { group, topics: [topics.writes], batchSizeMax: marketoBatchMax },
  { group: backfillGroup, topics: [topics.writesBackfill], batchSizeMax: marketoBatchMax, aheadMax: 4 },
];

/** Delivers the commands of both lanes until the signal. Rejects with a failure that says STOP. */
export async function deliverLanes(options: DeliverLanesOptions, signal: AbortSignal): Promise<void> {
  const { log, clock, onDeadLetter } = options;
  const handler = withDeadLetters(
    onePerKey(withUnfitNotices(createDeliverer(options), clock)),
    clock,
    onDeadLetter,
  );
  await Promise.all(lanes.map((lane) => log.consume(lane, handler, signal)));
}
