import type { DeliveryOutcome, ScalarValues, WriteCommand } from '@lockstep/change-events';
import type { UpsertResult } from '@lockstep/ports';
import type { Answer } from './deliveryOutcome.ts';
import { ambiguous, keyField, type MarketoCallOptions } from './personSearch.ts';
import { writeRecords, type RecordsCall } from './writeRecords.ts';

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

/** One call; an outcome per command, in order. */
export function writePersons(
  options: MarketoCallOptions,
  how: PersonWrite,
  commands: readonly WriteCommand[],
): Promise<DeliveryOutcome[]> {
  const call: RecordsCall = async (part) => {
    const results = await options.people.upsert({ ...how, input: part.map(how.input) });
    return part.map((command, at) => answerOf(command, results[at], how));
  };
  return writeRecords(options, call, commands);
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
