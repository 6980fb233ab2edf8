import {
  topics,
  type DeliveryOutcome,
  type UnfitFate,
  type UnfitValue,
  type WriteCommand,
} from '@lockstep/change-events';
import type { Batch, BatchHandler, BatchResult, Clock, OutgoingMessage } from '@lockstep/ports';
import { notice } from '../notices.ts';

/** At most one notice per field in this time: a first load may hold thousands of such values. */
const pauseMs = 600_000;

type Unfit = UnfitValue & {
  readonly goldenId: string;
  /** `person`, `company`, `custom:car`. */
  readonly entity: string;
};
/** What came since the last notice of a field. */
type Tally = { readonly counts: Record<UnfitFate, number>; toldAtMs: number };

/** Adds notices of the values that did not fit their fields; each counts what came since the one before it. */
export function withUnfitNotices(handler: BatchHandler, clock: Clock): BatchHandler {
  const tallies = new Map<string, Tally>();
  const nameOf = ({ entity, field }: Unfit): string => `${entity}/${field}`;
  const count = (unfit: Unfit): void => {
    const tally = tallies.get(nameOf(unfit)) ?? { counts: none(), toldAtMs: -Infinity };
    tallies.set(nameOf(unfit), tally);
    tally.counts[unfit.fate] += 1;
  };
  const tell = (unfit: Unfit): OutgoingMessage[] => {
    const tally = tallies.get(nameOf(unfit));
    if (!tally || clock.monotonic() - tally.toldAtMs < pauseMs) return [];
    tallies.set(nameOf(unfit), { counts: none(), toldAtMs: clock.monotonic() });

    return [noticeOf(unfit, tally, clock.now())];
  };

  return async (batch) => {
    const result = await handler(batch);
    const unfit = unfitIn(result.messages, batch);
    unfit.forEach(count);

    return { ...result, messages: [...result.messages, ...unfit.flatMap(tell)] };
  };
}

const none = (): Tally['counts'] => ({ REJECTED: 0, TRUNCATED: 0, REPORTED: 0 });

function unfitIn(messages: BatchResult['messages'], batch: Batch): Unfit[] {
  const commands = batch.messages.flatMap(({ value }) => (value === null ? [] : [value as WriteCommand]));
  const entities = new Map(commands.map(({ commandId, entity }) => [commandId, entity ?? 'person']));
  const outcomes = messages.flatMap(({ topic, value }) =>
    topic === topics.outcomes ? [value as DeliveryOutcome] : [],
  );

  return outcomes.flatMap(({ commandId, goldenId, unfit }) => {
    const entity = entities.get(commandId) ?? 'person';

    return (unfit ?? []).map((each) => ({ ...each, goldenId, entity }));
  });
}

function noticeOf(
  { entity, field, code, detail, goldenId }: Unfit,
  { counts }: Tally,
  atMs: number,
): OutgoingMessage {
  const facts = { field, code, detail, goldenId };

  return notice('VALUES_UNFIT', `marketo/${entity}/${field}`, { counts, facts, atMs });
}
