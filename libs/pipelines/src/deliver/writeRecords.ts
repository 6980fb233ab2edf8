import { fateOf, isSyncError, type DeliveryOutcome, type WriteCommand } from '@lockstep/change-events';
import { codeOf, outcomeOf, retryOutcome, unknownOutcome, type Answer } from './deliveryOutcome.ts';
import { assertHeld, type MarketoCallOptions } from './personSearch.ts';

type Commands = readonly WriteCommand[];
type Outcomes = DeliveryOutcome[];
type WriteOptions = Pick<MarketoCallOptions, 'numbers' | 'lease' | 'clock'>;

/** One call; an answer per command, in order. */
export type RecordsCall = (commands: Commands) => Promise<readonly Answer[]>;

/**
 * One call, numbered; an outcome per command, in order. A call that is refused as a whole is cut in halves, so that one bad
 * record harms nobody else.
 */
export async function writeRecords(
  options: WriteOptions,
  call: RecordsCall,
  commands: Commands,
): Promise<Outcomes> {
  assertHeld(options.lease);
  const sent = options.numbers.next();
  try {
    const answers = await call(commands);
    const answered = options.numbers.next();
    return commands.flatMap((command, at) => {
      const answer = answers[at];
      return answer ? outcomeOf(command, { sent, answered, ...answer }, options.clock.now()) : [];
    });
  } catch (error) {
    return refused(options, commands, { call, error });
  }
}

async function refused(
  options: WriteOptions,
  commands: Commands,
  { call, error }: { call: RecordsCall; error: unknown },
): Promise<Outcomes> {
  const nowMs = options.clock.now();
  const code = codeOf(error);
  if (isSyncError(error, 'MARKETO_OUTCOME_UNKNOWN'))
    return commands.map((command) => unknownOutcome(command, code, nowMs));
  if (fateOf(error) !== 'PARK') throw error;
  if (commands.length === 1)
    return commands.map((command) => outcomeOf(command, { result: 'REFUSED', code }, nowMs));
  const half = Math.ceil(commands.length / 2);
  const first = await writeRecords(options, call, commands.slice(0, half));
  const rest = commands.slice(half);
  const later = (failure: unknown): Outcomes => {
    // The first half is done, so the batch must not come again.
    if (fateOf(failure) !== 'RETRY') throw failure;
    return rest.map((command) => retryOutcome(command, failure, options.clock.now()));
  };
  return [...first, ...(await writeRecords(options, call, rest).catch(later))];
}
