import { SyncError } from '@lockstep/change-events';
import { eventsOf, step, stepUntilIdle } from '../pipelineFixtures.ts';
import { announced, dayMs, editUnseen, followed, leads, people } from './readingFixtures.ts';

describe('a compare of Marketo with what is published', () => {
  it('announces whose values differ and who is gone, on command, and reports how many', async () => {
    const setting = await followed(people(400));
    const { marketo, command, reader, notices, lastOf } = setting;
    editUnseen(setting, '7', 'Ulm');
    marketo.remove('9');
    marketo.readDeleted = (position) =>
      Promise.resolve({ personIds: [], refused: [], position, hasMore: false });
    command('resync');
    await step(reader);
    await stepUntilIdle(reader);

    expect(announced(setting)).toEqual(['7']);
    expect(lastOf('7')).toMatchObject({ operation: 'UPSERT', lane: 'BACKFILL', fields: { city: 'Ulm' } });
    expect(lastOf('9')).toMatchObject({ operation: 'DELETE' });
    expect(notices('CONTROL_DONE')).toMatchObject([{ facts: { action: 'resync' } }]);
    expect(notices('PEOPLE_COMPARED')).toMatchObject([{ counts: { known: 400, published: 1, deletes: 1 } }]);
  });

  it('finds nothing where nothing differs, and begins by itself when the last is long ago, over restarts', async () => {
    const setting = await followed();
    const { clock, open, notices } = setting;
    const compared = async () => {
      const reader = await open({ compareIntervalMs: 7 * dayMs });
      await stepUntilIdle(reader);
      await reader.close();

      return notices('PEOPLE_COMPARED').map(({ counts }) => counts);
    };
    const nothing = { known: 2, published: 0, deletes: 0 };

    clock.advance(6 * dayMs);
    expect(await compared()).toEqual([]);
    clock.advance(dayMs);
    expect(await compared()).toEqual([nothing]);
    expect(await compared()).toEqual([nothing]);
    clock.advance(7 * dayMs);
    expect(await compared()).toEqual([nothing, nothing]);
    expect(announced(setting)).toEqual([]);
  });

  it('leaves who is announced meanwhile to the feeds', async () => {
    const setting = await followed(people(650));
    const { marketo, command, reader, notices, lastOf } = setting;
    command('resync');
    await step(reader);
    await step(reader);
    marketo.edit('650', { city: 'Ulm' });
    await stepUntilIdle(reader);

    expect(notices('PEOPLE_COMPARED')).toMatchObject([{ counts: { known: 650, published: 0 } }]);
    expect(lastOf('650')).toMatchObject({ lane: 'LIVE', fields: { city: 'Ulm' } });
  });

  it('calls nobody deleted whose merge was told before it came to them', async () => {
    const setting = await followed(people(650));
    const { clock, marketo, command, reader, notices, lastOf } = setting;
    command('resync');
    await step(reader);
    await step(reader);
    marketo.merge('649', ['650']);
    clock.advance(30_000);
    await step(reader);
    expect(lastOf('650')).toMatchObject({ operation: 'MERGE' });
    await stepUntilIdle(reader);

    expect(lastOf('650')).toMatchObject({ operation: 'MERGE' });
    expect(notices('PEOPLE_COMPARED')).toMatchObject([{ counts: { deletes: 0 } }]);
  });

  it('is refused while another one goes on', async () => {
    const { command, reader, notices } = await followed();
    command('resync');
    command('resync');
    await step(reader);
    await step(reader);

    expect(notices('CONTROL_REFUSED')).toMatchObject([{ facts: { reason: 'READ_IN_PROGRESS' } }]);
  });

  it('waits while the calls that backfill may use are spent', async () => {
    const { command, open, notices, marketo } = await followed();
    const spent = { ...marketo, findPersons: () => Promise.reject(new SyncError('MARKETO_QUOTA_SPENT')) };
    command('resync');
    const reader = await open({ backfillPeople: spent });
    await step(reader);
    await stepUntilIdle(reader);
    expect(notices('PEOPLE_COMPARED')).toEqual([]);

    await stepUntilIdle(await open());
    expect(notices('PEOPLE_COMPARED')).toHaveLength(1);
  });

  it('can be cancelled, and is not begun again before its time', async () => {
    const setting = await followed(people(650));
    const { marketo, command, open, notices, lastOf, checkpoint } = setting;
    marketo.remove('9');
    marketo.readDeleted = (position) =>
      Promise.resolve({ personIds: [], refused: [], position, hasMore: false });
    command('resync');
    const reader = await open({ compareIntervalMs: 7 * dayMs });
    await step(reader);
    await step(reader);
    command('cancel');
    await step(reader);
    await stepUntilIdle(reader);
    await stepUntilIdle(await open({ compareIntervalMs: 7 * dayMs }));

    expect(notices('CONTROL_DONE').map(({ facts }) => facts?.['action'])).toEqual(['resync', 'cancel']);
    expect(notices('PEOPLE_COMPARED')).toEqual([]);
    expect(lastOf('9')).toMatchObject({ operation: 'SNAPSHOT' });
    expect((await checkpoint())?.phase).toBe('STREAMING');
  });
});

/** 20 persons, of whom 15 are gone and no feed tells of it: more than may be deleted unasked. */
async function held() {
  const setting = await followed(people(20));
  const { marketo, command, reader } = setting;
  for (let id = 1; id <= 15; id += 1) marketo.remove(String(id));
  marketo.readDeleted = (position) =>
    Promise.resolve({ personIds: [], refused: [], position, hasMore: false });
  command('resync');
  await step(reader);
  await stepUntilIdle(reader);
  const deleted = () => eventsOf(setting.log, leads).filter(({ operation }) => operation === 'DELETE').length;

  return { ...setting, deleted };
}

describe('many persons who are gone', () => {
  it('are held, are looked for again once that is confirmed, and are announced, over a restart', async () => {
    const { command, open, checkpoint, deleted, notices } = await held();
    expect(deleted()).toBe(0);
    expect((await checkpoint())?.state).toMatchObject({ deletesHeld: 15 });
    command('confirm');
    await step(await open());
    await stepUntilIdle(await open());

    expect(deleted()).toBe(15);
    expect(notices('PEOPLE_DELETES_HELD')).toHaveLength(1);
    expect(notices('PEOPLE_COMPARED')).toMatchObject([{ counts: { known: 20, deletes: 15 } }]);
    expect((await checkpoint())?.state).toMatchObject({ deletesHeld: null, deletesConfirmed: null });
  });

  it('are held again when they are more than was confirmed', async () => {
    const { command, marketo, reader, deleted, checkpoint } = await held();
    marketo.remove('16');
    command('confirm');
    await step(reader);
    await stepUntilIdle(reader);

    expect(deleted()).toBe(0);
    expect((await checkpoint())?.state).toMatchObject({ deletesHeld: 16, deletesConfirmed: null });
  });

  it('are let be by a cancel', async () => {
    const { command, reader, deleted, checkpoint } = await held();
    command('cancel');
    await step(reader);
    await stepUntilIdle(reader);

    expect(deleted()).toBe(0);
    expect((await checkpoint())?.state).toMatchObject({ deletesHeld: null });
  });
});
