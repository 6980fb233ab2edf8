import type { DeliveryOutcome, MarketoEntity, WriteCommand } from '@lockstep/change-events';
import type { MarketoObject } from '@lockstep/ports';
import { outcomeOf, type Answer } from './deliveryOutcome.ts';
import { createGatherer, type Gatherer } from './gather.ts';
import { answerOf } from './objectResult.ts';
import { checkObject, type ObjectCheckOptions } from './objectCheck.ts';
import { gatheringOf, unfitAnswer, writeChecked, type Gathering, type PersonCall } from './personCalls.ts';
import { assertHeld, type MarketoCallOptions } from './personSearch.ts';
import { writeRecords, type RecordsCall } from './writeRecords.ts';

export type ObjectCallOptions = Omit<MarketoCallOptions, 'people'> & Gathering & ObjectCheckOptions;

type Entity = MarketoEntity;
type Call = (commands: readonly WriteCommand[]) => Promise<readonly DeliveryOutcome[]>;

const operations: ReadonlySet<string> = new Set(['UPSERT', 'DELETE', 'READ']);
const unexpected: Answer = { result: 'REFUSED', code: 'MESSAGE_UNEXPECTED' };
const withoutType: Answer = {
  ...{ result: 'REFUSED', code: 'MARKETO_REFUSED' },
  detail: 'the custom object type is missing in Marketo, or was never approved',
};
const entityPattern = /^(salesperson|company|opportunity|role|custom:\w{1,64})$/;

/** Commands of one entity and operation share their calls, as those of persons do. */
export function createObjectCalls(options: ObjectCallOptions): PersonCall {
  const gatherers = new Map<string, Gatherer<WriteCommand, DeliveryOutcome>>();
  const gathered = (entity: Entity, command: WriteCommand): Promise<DeliveryOutcome> => {
    const name = `${command.operation} ${entity}`;
    const gatherer = gatherers.get(name) ?? gather(options, callOf(options, command.operation, entity));
    gatherers.set(name, gatherer);
    return gatherer(command);
  };
  return async (command) => {
    const { entity, operation } = command;
    const isKnown = entity && entityPattern.test(entity) && operations.has(operation);
    const say = (answer: Answer) => outcomeOf(command, answer, options.clock.now());
    if (!isKnown) return say(unexpected);
    const write: PersonCall = (part) => gathered(entity, part);
    const checked = await checkObject(options, entity, command.fields);
    // Marketo would refuse the call of whatever records, and each of its halves.
    if (checked === null) return say(operation === 'UPSERT' ? withoutType : { result: 'NOT_FOUND' });
    if (operation !== 'UPSERT') return write(command);
    const { unfitKey, unfit } = checked;
    return unfitKey ? say(unfitAnswer(unfitKey, unfit)) : writeChecked(checked, write, command);
  };
}

function callOf(options: ObjectCallOptions, operation: WriteCommand['operation'], entity: Entity): Call {
  const { objects, clock } = options;
  if (operation === 'READ') return (commands) => readAll(options, entity, commands);
  const send = operation === 'UPSERT' ? objects.upsert : objects.remove;
  const call: RecordsCall = async (commands) => {
    const results = await send(
      entity,
      commands.map(({ fields }) => fields),
    );
    return commands.map((command, at) => answerOf(command, results[at], clock.now()));
  };
  return (commands) => writeRecords(options, call, commands);
}

function gather(options: ObjectCallOptions, call: Call): Gatherer<WriteCommand, DeliveryOutcome> {
  return createGatherer<WriteCommand, DeliveryOutcome>({
    ...gatheringOf(options),
    bytesOf: ({ fields }) => Buffer.byteLength(JSON.stringify(fields)) + 1,
    keyOf: () => null,
    call,
  });
}

/** Settles what may have happened. A read speaks for the moment it was sent: its number is taken before the call. */
async function readAll(
  { objects, lease, numbers, clock }: ObjectCallOptions,
  entity: Entity,
  commands: readonly WriteCommand[],
): Promise<readonly DeliveryOutcome[]> {
  const names = await objects.keyFields(entity);
  assertHeld(lease);
  const answered = numbers.next();
  const records = commands.map(({ fields }) => fields);
  const found = await objects.find(entity, records, [...new Set(records.flatMap(Object.keys))]);
  const keyText = (fields: MarketoObject['fields']): string =>
    JSON.stringify(names.map((name) => String(fields[name])));
  const byKey = new Map(found.map((object) => [keyText(object.fields), object]));
  return commands.map((command) => {
    const object = byKey.get(keyText(command.fields));
    const answer: Answer = object
      ? { result: 'READ', personId: object.id, state: object.fields, sent: answered, answered }
      : { result: 'NOT_FOUND' };
    return outcomeOf(command, answer, clock.now());
  });
}
