import { arrayOf, nullable, record, sequence, timestamp, type AvroSchema } from './avroTypes.ts';

const text = (name: string, doc?: string) => nullable(name, 'string', doc);
const time = (name: string, doc?: string) => nullable(name, timestamp, doc);
const whole = (name: string, doc?: string) => nullable(name, 'long', doc);
const texts = (name: string, doc?: string) => nullable(name, arrayOf('string'), doc);

const own = (schema: AvroSchema): AvroSchema => ({
  ...(schema as Record<string, unknown>),
  namespace: 'lockstep',
});

const witness = record('Witness', [text('recordId'), whole('version'), time('changedAt')]);
const adHocQuery = record('AdHocQuery', [
  text('controlId'),
  text('filter'),
  text('position'),
  whole('rowsDone'),
  time('startedAt'),
]);

const tableState = record('TableState', [
  text('purpose', 'FIRST_LOAD, RESYNC or BACKFILL while the whole table is read'),
  text('label', 'tells the events of a backfill from earlier ones of the same version'),
  text('from'),
  text('to'),
  text('origin', 'the environment that the position belongs to'),
  whole('liveVersion', 'up to where live edits are published beside the read of the whole table'),
  whole('mark', 'newest version that the last complete read reached'),
  nullable('witness', witness, 'a published row that is looked at again'),
  texts('columns', 'name:type of each column that the position brings'),
  texts('stopped', 'name:type:reason of each column that is not published now'),
  nullable('query', adHocQuery),
  time('pausedAt'),
  text('controlId', 'the last command that was answered'),
  whole('deletesHeld', 'deletes that wait for a confirmation'),
  whole('deletesConfirmed'),
]);

export const checkpointSchema = own(
  record('Checkpoint', [
    text('source'),
    text('table'),
    text('phase', 'SNAPSHOT, STREAMING or RESYNC'),
    text('position', 'opaque: a delta link, a paging token'),
    sequence('page'),
    whole('versionEpoch'),
    whole('rowsDone'),
    whole('rowsTotal'),
    time('startedAt'),
    time('updatedAt'),
    nullable('state', tableState, 'tables of Dynamics only'),
  ]),
);

export const noticeSchema = own(
  record('Notice', [
    text('noticeId'),
    text('code'),
    text('severity'),
    text('entity'),
    text('sentence'),
    nullable('counts', { type: 'map', values: 'long' }),
    time('at'),
    nullable('facts', { type: 'map', values: 'string' }, 'names, ids and codes'),
  ]),
);

export const deadLetterSchema = own(
  record('DeadLetter', [
    text('topic'),
    whole('partition'),
    text('offset'),
    text('code'),
    text('sentence'),
    nullable('bytes', 'bytes', 'the original message value'),
    time('at'),
    text('table', 'of a row that could not be read or encoded'),
    text('recordId'),
    text('field'),
    text('replayId', 'of a mark: the letter of this place was replayed'),
    whole('replays', 'how often the message had been replayed before'),
  ]),
);

export const controlSchema = own(
  record('Control', [
    text('controlId'),
    text('action', 'pause, resume, resnapshot, resync, cancel or confirm'),
    text('target', 'source and table'),
    text('actor'),
    time('at'),
    text('filter', 'an OData filter'),
    texts('columns'),
    text('from'),
    text('to'),
    text('reason', 'of a pause that no operator asked for'),
  ]),
);
