import type { DeliveryOutcome, UnfitValue, WriteCommand } from '@lockstep/change-events';
import { marketoBatchMax } from '@lockstep/ports';
import { outcomeOf, type Answer } from './deliveryOutcome.ts';
import { noFieldCheck, type CheckedFields, type FieldCheck } from './fieldCheck.ts';
import { createGatherer, type Gatherer, type Traffic } from './gather.ts';
import {
  ambiguous,
  answerOfPerson,
  findPersons,
  hasKey,
  judgeKnown,
  judgeMatch,
  keyField,
  type Found,
  type MarketoCallOptions,
} from './personSearch.ts';
import { mergePersons } from './mergePersons.ts';
import { answerOf } from './objectResult.ts';
import { change, creation, writePersons, type PersonWrite } from './personWrites.ts';
import { writeRecords, type RecordsCall } from './writeRecords.ts';

/** Carries out one command. Rejects when a call failed before anything of the command was sent. */
export type PersonCall = (command: WriteCommand) => Promise<DeliveryOutcome>;

export type PersonCallOptions = MarketoCallOptions & Gathering & { readonly checkFields?: FieldCheck };

export type Gathering = {
  /** The longest that a command waits in each stage for others to share its call, in ms. */
  readonly gatherMs: number;
  /** Of the commands of the lane. */
  readonly traffic: Traffic;
};

/** Below the 1 MB that Marketo takes (marketo-rest 6), with room for the frame around the records. */
const bodyBytesMax = 900_000;

/**
 * Commands of one lane, of whatever batch, share their calls: each stage (search by id, by key, by address, write) is
 * gathered anew, by 300 records, by bytes and by age (decision 11).
 */
export function createPersonCalls(options: PersonCallOptions): PersonCall {
  const byId = searchOf(options, 'id');
  const byKey = searchOf(options, keyField);
  const byEmail = searchOf(options, 'email');
  const create = writeOf(options, creation);
  const update = writeOf(options, change);
  const remove = removeOf(options);

  /** Looks up by our key, then by email, and only then creates by the key: a repeat cannot make a second person. */
  async function find(command: WriteCommand): Promise<Answer | null> {
    const { goldenId, email, matchByEmail, personId } = command;
    const known = personId === null ? null : judgeKnown(command, await byId(personId));
    if (known) return known;
    const { persons, answered, crowded } = await byKey(goldenId);
    if (crowded.includes(goldenId)) return ambiguous;
    const person = persons.find((each) => hasKey(each, goldenId));
    if (person) return answerOfPerson('FOUND', person, answered);

    return matchByEmail && email ? judgeMatch(command, email, await byEmail(email)) : null;
  }

  /** Settles what may have happened: the person as it is, found by id or, before it has one, by our key. */
  async function read({ goldenId, personId }: WriteCommand): Promise<Answer> {
    const found = await (personId === null ? byKey(goldenId) : byId(personId));
    if (found.crowded.includes(goldenId)) return ambiguous;
    const person = found.persons.find((each) =>
      personId === null ? hasKey(each, goldenId) : each.id === personId,
    );

    return person ? answerOfPerson('READ', person, found.answered) : { result: 'NOT_FOUND' };
  }

  return async (command) => {
    switch (command.operation) {
      case 'READ':
        return outcomeOf(command, await read(command), options.clock.now());
      case 'CREATE': {
        const answer = await find(command);
        return answer
          ? outcomeOf(command, answer, options.clock.now())
          : writeFitting(options, create, command);
      }
      case 'UPDATE':
        return writeFitting(options, update, command);
      case 'DELETE':
        return removeRead(command, outcomeOf(command, await read(command), options.clock.now()), remove);
      case 'MERGE':
        return mergePersons(options, byId, command);
      default:
        return outcomeOf(command, { result: 'REFUSED', code: 'MESSAGE_UNEXPECTED' }, options.clock.now());
    }
  };
}

/** What the person held until then goes with the answer. */
async function removeRead(
  command: WriteCommand,
  found: DeliveryOutcome,
  remove: PersonCall,
): Promise<DeliveryOutcome> {
  if (found.result !== 'READ') return found;

  return { ...(await remove(command)), state: found.state };
}

/** An update of which nothing is left costs no call. */
async function writeFitting(
  { checkFields = noFieldCheck, clock }: PersonCallOptions,
  write: PersonCall,
  command: WriteCommand,
): Promise<DeliveryOutcome> {
  const checked = checkFields(command.fields);
  const { fields, unfit } = checked;
  const isBlank = command.operation === 'UPDATE' && Object.keys(fields).length === 0;
  if (isBlank && unfit[0]) return outcomeOf(command, unfitAnswer(unfit[0], unfit), clock.now());

  return writeChecked(checked, write, command);
}

/** Values that do not fit their fields cost no call: the outcome tells what became of them once that is known. */
export async function writeChecked(
  { fields, unfit }: CheckedFields,
  write: PersonCall,
  command: WriteCommand,
): Promise<DeliveryOutcome> {
  if (unfit.length === 0) return writeGoodFields(write, command);
  const outcome = await writeGoodFields(write, { ...command, fields });

  return ['CREATED', 'UPDATED', 'REFUSED'].includes(outcome.result) ? { ...outcome, unfit } : outcome;
}

/** A command that is not sent, since a value does not fit. */
export function unfitAnswer({ field, code, detail }: UnfitValue, unfit: readonly UnfitValue[]): Answer {
  return { result: 'REFUSED', field, code, detail, unfit };
}

/**
 * A record that is refused for one field is sent once more without it: the outcome is that of the rest, and names the field
 * and why. When the rest is refused too, it is the first refusal.
 */
export async function writeGoodFields(write: PersonCall, command: WriteCommand): Promise<DeliveryOutcome> {
  const refusal = await write(command);
  const { result, code, field, detail } = refusal;
  if (result !== 'REFUSED' || field === null || !(field in command.fields)) return refusal;
  const rest = Object.entries(command.fields).filter(([name]) => name !== field);
  if (rest.length === 0) return refusal;
  const outcome = await write({ ...command, fields: Object.fromEntries(rest) });
  if (outcome.result === 'REFUSED') return refusal;
  const isWritten = outcome.result === 'CREATED' || outcome.result === 'UPDATED';

  return isWritten ? { ...outcome, code, field, detail } : outcome;
}

/** One search for all values; everybody gets the whole answer. */
function searchOf(options: PersonCallOptions, field: string): Gatherer<string, Found> {
  return createGatherer<string, Found>({
    ...gatheringOf(options),
    bytesOf: Buffer.byteLength,
    keyOf: () => null,
    async call(values) {
      const found = await findPersons(options, field, [...new Set(values)]);
      return values.map(() => found);
    },
  });
}

function writeOf(options: PersonCallOptions, how: PersonWrite): Gatherer<WriteCommand, DeliveryOutcome> {
  return createGatherer<WriteCommand, DeliveryOutcome>({
    ...gatheringOf(options),
    bytesOf: (command) => Buffer.byteLength(JSON.stringify(how.input(command))) + 1,
    // A call that names one person twice is refused for both records (1036).
    keyOf: (command) => String(how.input(command)[how.lookupField]),
    call: (commands) => writePersons(options, how, commands),
  });
}

/** By Marketo's id; who is not there is NOT_FOUND. */
function removeOf(options: PersonCallOptions): PersonCall {
  const call: RecordsCall = async (commands) => {
    const results = await options.people.deletePersons(commands.map(({ personId }) => String(personId)));

    return commands.map((command, at) => answerOf(command, results[at], options.clock.now()));
  };

  return createGatherer<WriteCommand, DeliveryOutcome>({
    ...gatheringOf(options),
    bytesOf: ({ personId }) => String(personId).length + 10,
    keyOf: ({ personId }) => personId,
    call: (commands) => writeRecords(options, call, commands),
  });
}

export const gatheringOf = ({ gatherMs, traffic, clock }: Gathering & Pick<PersonCallOptions, 'clock'>) => ({
  traffic,
  ageMs: gatherMs,
  itemsMax: marketoBatchMax,
  bytesMax: bodyBytesMax,
  clock,
});
