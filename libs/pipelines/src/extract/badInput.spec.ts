import { SyncError, topics, type DeadLetter, type ErrorCode } from '@lockstep/change-events';
import type { DynamicsPage, DynamicsReader } from '@lockstep/ports';
import { eventsOf, exampleId, step, stepUntilIdle } from '../pipelineFixtures.ts';
import { extractSetting, settle } from './extractFixtures.ts';

/** A reader whose tracked pages are changed on their way. */
const altered = (reader: DynamicsReader, change: (page: DynamicsPage) => DynamicsPage): DynamicsReader => ({
  ...reader,
  readPage: async (...args) => change(await reader.readPage(...args)),
});

describe('an answer that is not as it should be', () => {
  it('sets a row aside that cannot be read, and the page goes on', async () => {
    const { open, dynamics, log, ids } = extractSetting({ rows: 2 });
    const refused = {
      id: exampleId(9),
      field: 'revenue',
      code: 'VALUE_NOT_REPRESENTABLE' as const,
      bytes: Buffer.from('{}'),
    };
    const reader = altered(dynamics, (page) => ({ ...page, refused: page.rows.length > 0 ? [refused] : [] }));

    await settle(await open({ reader }));

    expect(ids()).toHaveLength(2);
    expect(eventsOf<DeadLetter>(log, topics.deadLetters)).toMatchObject([
      {
        table: 'lead',
        recordId: exampleId(9),
        field: 'revenue',
        code: 'VALUE_NOT_REPRESENTABLE',
        bytes: Buffer.from('{}'),
      },
    ]);
  });

  it('sets a row aside that cannot be encoded, by table, id and field, and publishes the rest of its page', async () => {
    const { open, dynamics, log, ids, checkpoint } = extractSetting({ rows: 2 });
    const unencodable = (() => 0) as unknown as string;
    const reader = altered(dynamics, (page) => ({
      ...page,
      rows: page.rows.map((row) =>
        row.id === exampleId(1) ? { ...row, fields: { firstname: unencodable } } : row,
      ),
    }));

    await settle(await open({ reader }));

    expect(ids()).toEqual([exampleId(2)]);
    expect(eventsOf<DeadLetter>(log, topics.deadLetters)).toMatchObject([
      { table: 'lead', recordId: exampleId(1), field: 'value', code: 'EVENT_UNENCODABLE' },
    ]);
    expect(await checkpoint()).toMatchObject({ phase: 'STREAMING' });
  });

  it('does not take a row for deleted that a resync could not read', async () => {
    const { open, dynamics, ids } = extractSetting({ rows: 2 });
    await settle(await open());
    dynamics.expirePositions();
    const reader = altered(dynamics, (page) => ({
      ...page,
      rows: page.rows.slice(1),
      refused: page.rows.slice(0, 1).map(({ id }) => ({
        id,
        field: null,
        code: 'VALUE_NOT_REPRESENTABLE' as const,
        bytes: Buffer.alloc(0),
      })),
    }));

    await settle(await open({ reader, brake: { deletesMax: 9, shareMax: 1, fewMax: 0 } }));

    expect(ids()).toHaveLength(2);
  });

  it('holds deletes back when the key of a row could not be read', async () => {
    const { open, dynamics, ids, notices } = extractSetting({ rows: 2 });
    await settle(await open());
    dynamics.expirePositions();
    const reader = altered(dynamics, (page) => ({
      ...page,
      rows: page.rows.slice(1),
      refused: [{ id: null, field: null, code: 'VALUE_NOT_REPRESENTABLE' as const, bytes: Buffer.alloc(0) }],
    }));

    await stepUntilIdle(await open({ reader, brake: { deletesMax: 9, shareMax: 1, fewMax: 0 } }));

    expect(ids()).toHaveLength(2);
    expect(notices('RESYNC_DELETES_HELD')).toHaveLength(1);
  });

  it('asks Dynamics for nothing while it may not publish', async () => {
    const { open, log } = extractSetting({ rows: 1 });
    const subject = 'lockstep.checkpoints-value';
    const registered = (topic: string) =>
      topic === topics.checkpoints
        ? Promise.reject(new SyncError('SCHEMA_MISSING', { subject }))
        : Promise.resolve({ id: 1, schema: 'string' });

    await expect(open({ log: { ...log, registered } })).rejects.toMatchObject({
      code: 'SCHEMA_MISSING',
      details: { subject },
    });
  });

  it('does not turn in circles on a page that names itself as the next', async () => {
    const { open, dynamics, ids } = extractSetting({ rows: 5 });
    const reader = altered(dynamics, (page) => ({ ...page, position: 'the same', complete: false }));
    const extractor = await open({
      reader: { ...reader, readPage: (definition, _, signal) => reader.readPage(definition, null, signal) },
    });
    await step(extractor);

    await expect(step(extractor)).rejects.toMatchObject({ code: 'DYNAMICS_ANSWER_INVALID' });

    expect(ids()).toHaveLength(2);
  });
});

describe('a table that cannot be read', () => {
  it.each<[ErrorCode, object]>([
    ['DYNAMICS_FORBIDDEN', { privilege: 'prvReadLead' }],
    ['DYNAMICS_TRACKING_OFF', {}],
    ['DYNAMICS_TABLE_UNKNOWN', {}],
  ])('waits with one notice that says %s, and goes on by itself', async (code, details) => {
    const { open, dynamics, notices, ids } = extractSetting({ rows: 2 });
    let isRefused = true;
    const extractor = await open({
      async describe(signal) {
        if (isRefused) throw new SyncError(code, { table: 'lead', ...details });
        return dynamics.describe({ table: 'lead', columns: null }, signal);
      },
    });

    await expect(step(extractor)).rejects.toMatchObject({ code });
    await expect(step(extractor)).rejects.toMatchObject({ code });

    expect(notices('TABLE_WAITS')).toMatchObject([
      { severity: 'error', facts: { reason: code, ...details } },
    ]);
    isRefused = false;
    await settle(extractor);
    expect(ids()).toHaveLength(2);
  });
  it('waits with a notice while the registry lacks its schema, and goes on where it was', async () => {
    const { open, dynamics, notices, ids } = extractSetting({ rows: 2 });
    const subject = 'dynamics.lead.changes-value';
    let isMissing = true;
    const extractor = await open({
      async onDefinition() {
        if (isMissing) throw new SyncError('SCHEMA_MISSING', { subject });
      },
    });

    await expect(step(extractor)).rejects.toMatchObject({ code: 'SCHEMA_MISSING' });
    await expect(step(extractor)).rejects.toMatchObject({ code: 'SCHEMA_MISSING' });

    expect(notices('TABLE_WAITS')).toMatchObject([{ facts: { reason: 'SCHEMA_MISSING', subject } }]);
    isMissing = false;
    dynamics.edit('lead', exampleId(1), { firstname: 'Zoë' });
    await settle(extractor);
    expect(new Set(ids()).size).toBe(2);
  });
});
