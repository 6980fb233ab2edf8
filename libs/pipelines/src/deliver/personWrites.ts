import {
  fateOf,
  isSyncError,
  type DeliveryOutcome,
  type ScalarValues,
  type WriteCommand,
} from '@lockstep/change-events';
import type { UpsertResult } from '@lockstep/ports';
import { codeOf, outcomeOf, retryOutcome, unknownOutcome, type Answer } from './deliveryOutcome.ts';
import { ambiguous, assertHeld, keyField, type MarketoCallOptions } from './personSearch.ts';

type Commands = readonly WriteCommand[];
type Outcomes = DeliveryOutcome[];

/** How a command becomes a record of an upsert. */
export type PersonWrite = { readonly input: (command: WriteCommand) => ScalarValues } & (
  | { readonly action: 'createOrUpdate'; readonly lookupField: string }
  | { readonly action: 'updateOnly'; readonly lookupField: 'id' }
);

/** By the key, so that a repeat cannot make a second person. */
export const creation: PersonWrite = {
  action: 'createOrUpdate',
  lookupField: keyField,
  input: ({ fields, goldenId }) => ({ ...fields, [keyField]: goldenId }),
};

/** By Marketo's id, so that nobody is created. */
export const change: PersonWrite = {
  action: 'updateOnly',
  lookupField: 'id',
  input: ({ fields, personId }) => ({ id: Number(personId), ...fields }),
};

/**
 * One call; an outcome per command, in order. A call that is refused as a whole is cut in halves, so that one bad record
 * harms nobody else.
 */
export async function writePersons(
  options: MarketoCallOptions,
  how: PersonWrite,
  commands: Commands,
): Promise<Outcomes> {
  assertHeld(options.lease);
  const sent = options.numbers.next();
  try {
    const results = await options.people.upsert({ ...how, input: commands.map(how.input) });
    const answered = options.numbers.next();
    return commands.map((command, at) => {
      const answer = { sent, answered, ...answerOf(command, results[at], how) };
      return outcomeOf(command, answer, options.clock.now());
    });
  } catch (error) {
    return refused(options, commands, { how, error });
  }
}

async function refused(
  options: MarketoCallOptions,
  commands: Commands,
  { how, error }: { how: PersonWrite; error: unknown },
): Promise<Outcomes> {
  const nowMs = options.clock.now();
  const code = codeOf(error);
  if (isSyncError(error, 'MARKETO_OUTCOME_UNKNOWN'))
    return commands.map((command) => unknownOutcome(command, code, nowMs));
  if (fateOf(error) !== 'PARK') throw error;
  if (commands.length === 1)
    return commands.map((command) => outcomeOf(command, { result: 'REFUSED', code }, nowMs));
  const half = Math.ceil(commands.length / 2);
  const first = await writePersons(options, how, commands.slice(0, half));
  const rest = commands.slice(half);
  const later = (failure: unknown): Outcomes => {
    // The first half is done, so the batch must not come again.
    if (fateOf(failure) !== 'RETRY') throw failure;
    return rest.map((command) => retryOutcome(command, failure, options.clock.now()));
  };
  return [...first, ...(await writePersons(options, how, rest).catch(later))];
}

function answerOf(command: WriteCommand, result: UpsertResult | undefined, how: PersonWrite): Answer {
  if (!result) return { result: 'UNKNOWN', code: 'MARKETO_ANSWER_INVALID', retryAt: null };
  switch (result.result) {
    case 'CREATED':
    case 'UPDATED': {
      const accepted = how.action === 'updateOnly' ? command.fields : how.input(command);
      return { result: result.result, personId: result.personId, accepted };
    }
    case 'NOT_FOUND':
      return { result: 'NOT_FOUND' };
    case 'AMBIGUOUS':
      return ambiguous;
    case 'REFUSED':
      return { result: 'REFUSED', code: result.code, field: result.field, detail: result.detail };
  }
}
