import { topics, type DeliveryOutcome, type UnfitFate, type UnfitValue } from '@lockstep/change-events';
import type { BatchHandler, BatchResult, Clock, OutgoingMessage } from '@lockstep/ports';
import { notice } from '../notices.ts';

/** At most one notice per field in this time: a first load may hold thousands of such values. */
const pauseMs = 600_000;

type Unfit = UnfitValue & { readonly goldenId: string };
/** What came since the last notice of a field. */
type Tally = { readonly counts: Record<UnfitFate, number>; toldAtMs: number };

/** Adds notices of the values that did not fit their fields; each counts what came since the one before it. */
export function withUnfitNotices(handler: BatchHandler, clock: Clock): BatchHandler {
  const tallies = new Map<string, Tally>();
  const count = ({ field, fate }: Unfit): void => {
    const tally = tallies.get(field) ?? { counts: none(), toldAtMs: -Infinity };
    tallies.set(field, tally);
    tally.counts[fate] += 1;
  };
  const tell = (unfit: Unfit): OutgoingMessage[] => {
    const tally = tallies.get(unfit.field);
    if (!tally || clock.monotonic() - tally.toldAtMs < pauseMs) return [];
    tallies.set(unfit.field, { counts: none(), toldAtMs: clock.monotonic() });

    return [noticeOf(unfit, tally, clock.now())];
  };

  return async (batch) => {
    const result = await handler(batch);
    const unfit = unfitIn(result.messages);
    unfit.forEach(count);

    return { ...result, messages: [...result.messages, ...unfit.flatMap(tell)] };
  };
}

const none = (): Tally['counts'] => ({ REJECTED: 0, TRUNCATED: 0, REPORTED: 0 });

function unfitIn(messages: BatchResult['messages']): Unfit[] {
  const outcomes = messages.flatMap(({ topic, value }) =>
    topic === topics.outcomes ? [value as DeliveryOutcome] : [],
  );

  return outcomes.flatMap(({ goldenId, unfit }) => (unfit ?? []).map((each) => ({ ...each, goldenId })));
}

function noticeOf(
  { field, code, detail, goldenId }: Unfit,
  { counts }: Tally,
  atMs: number,
): OutgoingMessage {
  const facts = { field, code, detail, goldenId };

  return notice('VALUES_UNFIT', `marketo/person/${field}`, { counts, facts, atMs });
}
