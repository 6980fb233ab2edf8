import { createCodec } from './codec.ts';
import type { Checkpoint, Control, DeadLetter, Notice } from './operation.ts';
import { checkpointSchema, controlSchema, deadLetterSchema, noticeSchema } from './operationSchemas.ts';
import type { AvroSchema } from './avroTypes.ts';

const at = '2026-11-22T10:00:00Z';

const checkpoint: Checkpoint = {
  ...{ source: 'dynamics', table: 'lead', phase: 'RESYNC', position: 'p', page: { epoch: 2, number: 7 } },
  ...{ versionEpoch: 3, rowsDone: 10, rowsTotal: null, startedAt: at, updatedAt: at },
  state: {
    ...{ purpose: 'BACKFILL', label: 'c1', from: at, to: null, origin: 'https://org.example' },
    ...{ liveVersion: 42, mark: null, witness: { recordId: 'r', version: 41, changedAt: at } },
    ...{ columns: ['firstname:string'], stopped: ['revenue:decimal:UNREADABLE'] },
    query: { controlId: 'q1', filter: "lastname eq 'X'", position: null, rowsDone: 0, startedAt: at },
    ...{ pausedAt: at, controlId: 'c1', deletesHeld: 3, deletesConfirmed: null },
  },
};
const control: Control = {
  ...{ controlId: 'c1', action: 'resnapshot', target: 'dynamics/lead', actor: 'ann@host', at },
  ...{ filter: null, columns: ['firstname'], from: '2026-11-01', to: null, reason: null },
};
const notice: Notice = {
  ...{ noticeId: 'n', code: 'CONTROL_DONE', severity: 'info', entity: 'dynamics/lead', sentence: 's' },
  ...{ counts: { rows: 1 }, facts: { controlId: 'c1' }, at },
};
const deadLetter: DeadLetter = {
  ...{ topic: 'dynamics.lead.changes', partition: null, offset: null, table: 'lead', recordId: 'r' },
  ...{ field: 'revenue', code: 'VALUE_NOT_REPRESENTABLE', sentence: 's', bytes: Buffer.from('x'), at },
  replayId: 'r1',
  replays: 2,
};

async function travelled(schema: AvroSchema, value: unknown): Promise<unknown> {
  const ids = { idOf: async () => 1, schemaOf: async () => schema };
  const codec = createCodec(ids, new Map([['subject', schema]]));

  return codec.decode(await codec.encode('subject', value));
}

describe('the messages that run the service', () => {
  it.each<[string, AvroSchema, unknown]>([
    ['a checkpoint', checkpointSchema, checkpoint],
    ['a checkpoint of Marketo', checkpointSchema, { ...checkpoint, state: null }],
    ['a command', controlSchema, control],
    ['a notice', noticeSchema, notice],
    ['a dead letter', deadLetterSchema, deadLetter],
  ])('bring %s back as it was sent', async (_, schema, value) => {
    expect(JSON.parse(JSON.stringify(await travelled(schema, value)))).toEqual(
      JSON.parse(JSON.stringify(value)),
    );
  });
});
