import type { FieldDefinition } from './fields.ts';
import {
  arrayOf,
  fieldsRecord,
  nullable,
  record,
  scalar,
  scalarMap,
  sequence,
  timestamp,
  type AvroSchema,
} from './avroTypes.ts';

const text = (name: string, doc?: string) => nullable(name, 'string', doc);
const time = (name: string, doc?: string) => nullable(name, timestamp, doc);
const flag = (name: string, doc?: string) => nullable(name, 'boolean', doc);
const whole = (name: string, doc?: string) => nullable(name, 'long', doc);
const map = (name: string, doc?: string) => nullable(name, scalarMap, doc);
const list = (name: string, items: AvroSchema) => nullable(name, arrayOf(items));

const named = (namespace: string, schema: AvroSchema): AvroSchema => ({
  ...(schema as Record<string, unknown>),
  namespace,
});

const evidence = record('Evidence', [
  sequence('feedNumber', 'number of the last feed call that came to the end of the feed'),
  list(
    'rows',
    record('EvidenceRow', [
      whole('activityId'),
      text('marketoGUID'),
      whole('activityType'),
      time('activityDate'),
      text('field'),
      text('oldValue'),
      text('newValue'),
      text('source'),
    ]),
  ),
]);

/** A change of one row or person; `fields` is typed by the columns that were read. */
export function changeEventSchema(namespace: string, fields: readonly FieldDefinition[]): AvroSchema {
  return named(
    namespace,
    record('ChangeEvent', [
      text('eventId', 'deterministic: the same change has the same id, however often it is published'),
      text('operation', 'SNAPSHOT, UPSERT, DELETE, MERGE or MOVED'),
      text('recordId'),
      sequence('version', 'orders the rows of Dynamics; absent for deletes and for Marketo'),
      sequence('page', 'taken before the request that showed the row'),
      time('changedAt'),
      time('observedAt'),
      text('changedBy'),
      text('lane', 'LIVE or BACKFILL'),
      nullable(
        'fields',
        fieldsRecord('Fields', fields),
        'absent on delete; a column that is not here is unknown, not null',
      ),
      text('mergedInto'),
      nullable('evidence', evidence, "rows of Marketo's activity feed"),
    ]),
  );
}

const goldenRow = record('GoldenRow', [
  text('system'),
  text('table'),
  text('id'),
  flag('active'),
  flag('deleted'),
]);
const changedField = record('ChangedField', [
  text('field'),
  scalar('before'),
  scalar('after'),
  text('source'),
  text('rule'),
]);
const conflict = record('Conflict', [
  text('field'),
  text('winner'),
  scalar('winnerValue'),
  scalar('loserValue'),
  text('rule'),
  time('at'),
  text('loser'),
  time('winnerChangedAt'),
  time('loserChangedAt'),
  text('decision', 'names it among those of its record'),
  text('winnerEventId', 'what brought the value that holds'),
]);

export function goldenEventSchema(entity: string): AvroSchema {
  return named(
    `lockstep.golden.${entity}`,
    record('GoldenEvent', [
      text('eventId'),
      text('goldenId'),
      sequence('revision'),
      text('kind', 'lead or contact; null for records beside persons'),
      text('mergedInto', 'the golden id that carries on, when this one has become an alias'),
      list('rows', goldenRow),
      map('fields'),
      list('changed', changedField),
      list('conflicts', conflict),
      text('causeEventId'),
      text('causeSystem'),
      text('lane'),
      time('decidedAt'),
      text('rules', 'hash of the rules it was decided by'),
    ]),
  );
}

export const writeCommandSchema = named(
  'lockstep.marketing',
  record('WriteCommand', [
    text('commandId'),
    text('goldenId'),
    sequence('revision'),
    text(
      'operation',
      'CREATE, UPDATE, READ, DELETE or MERGE of a person; UPSERT, DELETE or READ of another entity',
    ),
    text('personId'),
    text('email'),
    flag('matchByEmail'),
    map('fields'),
    text('lane'),
    time('issuedAt'),
    text('entity', 'salesperson, company, opportunity, role or custom:<API name>; null for a person'),
    list('loserIds', 'string'),
  ]),
);

export const deliveryOutcomeSchema = named(
  'lockstep.marketing',
  record('DeliveryOutcome', [
    text('commandId'),
    text('goldenId'),
    sequence('revision'),
    text('result'),
    text('personId'),
    map('accepted'),
    map('state'),
    sequence('sent', 'number taken before the call'),
    sequence('answered', 'number at which the answer came'),
    text('code'),
    text('field'),
    text('detail'),
    time('retryAt'),
    text('lane'),
    time('at'),
    list(
      'unfit',
      record('UnfitValue', [
        text('field'),
        text('code', 'as Marketo would give it'),
        text('fate', 'REJECTED, TRUNCATED or REPORTED'),
        text('detail'),
      ]),
    ),
    text('entity', 'what `personId` is an id of, as in the command; null for a person'),
  ]),
);

export const inboxSchema = named(
  'lockstep.inbox',
  record('InboxMessage', [
    text('kind', 'event, refusal, outcome, request or wake-up'),
    text('goldenId'),
    text('system'),
    text('table'),
    nullable('event', 'bytes', 'the change event, framed with the schema it was written with'),
    nullable('outcome', 'bytes', 'the delivery outcome, framed with its own schema'),
    nullable(
      'written',
      record('DynamicsOutcome', [
        text('entryId'),
        text('result'),
        text('code'),
        text('field'),
        text('detail'),
      ]),
    ),
    text(
      'reason',
      'due, join, parent, followers, seekers, named, release, read-again, review-join, review-separate, review-recreate, review-stay-away, unlink, leave, parted or undo',
    ),
    text('target', 'the golden id of a join'),
    time('until', 'later nobody waits for the join any more'),
    nullable('request', 'bytes', 'of a marketer, framed with its own schema'),
    nullable('conflict', conflict, 'of an undo'),
    time('sentAt', 'when the sweep sent a wake-up'),
    nullable(
      'wish',
      record('KnownWish', [text('claim'), whole('revision')]),
      'of parted, and of a person that is handed over',
    ),
    list('requestsEnded', 'string'),
  ]),
);

export const requestSchema = named(
  'lockstep.marketing',
  record('Request', [
    text('requestId'),
    text('personId'),
    text('kind', 'what a marketer asked for (F-21, F-34 to F-36); null when it could not be told'),
    text('state', 'QUEUED, SENT, DONE or FAILED'),
    map('arguments'),
    time('at', 'of this state'),
    text('door', 'WEBHOOK, FIELD, FLOW_STEP or RULE'),
    time('askedAt'),
    text('code', 'why it failed'),
    text('detail'),
  ]),
);
