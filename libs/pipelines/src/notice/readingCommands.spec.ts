import { SyncError, type Control } from '@lockstep/change-events';
import { step, stepUntilIdle } from '../pipelineFixtures.ts';
import { announced, dayMs, editUnseen, followed, people } from './readingFixtures.ts';

/** Paused, with the command answered. */
async function paused() {
  const setting = await followed();
  setting.command('pause');
  await step(setting.reader);
  setting.calls.length = 0;

  return setting;
}

describe('the reading of Marketo', () => {
  it('is paused over a restart, and reads afterwards what happened meanwhile', async () => {
    const { marketo, clock, open, command, calls, lastOf, notices } = await paused();
    marketo.edit('1', { city: 'Ulm' });
    marketo.remove('2');
    clock.advance(60_000);
    const restarted = await open();
    for (let steps = 0; steps < 5; steps += 1) expect((await step(restarted)).idleMs).toBeGreaterThan(0);

    expect(calls).toEqual([]);
    expect(lastOf('1')).toMatchObject({ operation: 'SNAPSHOT' });
    command('resume');
    await step(restarted);
    await stepUntilIdle(restarted);

    expect(lastOf('1')).toMatchObject({ operation: 'UPSERT', fields: { city: 'Ulm' } });
    expect(lastOf('2')).toMatchObject({ operation: 'DELETE' });
    expect(notices('CONTROL_DONE').map(({ entity, facts }) => [entity, facts?.['action']])).toEqual([
      ['marketo/person', 'pause'],
      ['marketo/person', 'resume'],
    ]);
  });

  it('shows since when it is paused in its checkpoint, which keeps its place', async () => {
    const { checkpoint, command, reader } = await paused();
    const before = await checkpoint();
    command('resume');
    await step(reader);

    expect(before).toMatchObject({ phase: 'STREAMING', state: { pausedAt: '2026-11-22T10:00:00Z' } });
    expect(await checkpoint()).toMatchObject({ position: before?.position, state: { pausedAt: null } });
  });

  it.each([
    ['resume', 'NOT_PAUSED'],
    ['confirm', 'NOTHING_HELD'],
    ['cancel', 'NOTHING_TO_CANCEL'],
  ] as const)('refuses to %s by its reason, once, and goes on', async (action, reason) => {
    const { command, reader, notices, marketo, lastOf, open } = await followed();
    command(action);
    marketo.edit('1', { city: 'Ulm' });
    await step(reader);
    await stepUntilIdle(reader);
    await stepUntilIdle(await open());

    expect(notices('CONTROL_REFUSED')).toMatchObject([{ facts: { action, reason, actor: 'ann@host' } }]);
    expect(lastOf('1')).toMatchObject({ fields: { city: 'Ulm' } });
  });

  it('leaves commands to tables alone', async () => {
    const { command, reader, notices } = await followed();
    command('pause', { target: 'dynamics/lead' });
    await stepUntilIdle(reader);

    expect(notices('CONTROL_DONE')).toEqual([]);
  });

  it('warns once a day when a pause lasts nearly as long as Marketo keeps deletes', async () => {
    const { reader, clock, notices } = await paused();
    clock.advance(10 * dayMs);
    await step(reader);
    expect(notices('PAUSE_NEAR_EXPIRY')).toEqual([]);

    clock.advance(dayMs);
    await step(reader);
    await step(reader);

    expect(notices('PAUSE_NEAR_EXPIRY')).toMatchObject([
      { entity: 'marketo/person', counts: { pausedHours: 264 } },
    ]);
  });

  it('looks for everybody by id after a pause that was longer than Marketo keeps deletes', async () => {
    const { reader, clock, command, marketo, notices, lastOf } = await paused();
    marketo.remove('2');
    marketo.readDeleted = (position) =>
      Promise.resolve({ personIds: [], refused: [], position, hasMore: false });
    clock.advance(15 * dayMs);
    await step(reader);
    command('resume');
    await step(reader);
    await stepUntilIdle(reader);

    expect(lastOf('2')).toMatchObject({ operation: 'DELETE' });
    expect(notices('PEOPLE_COMPARED')).toMatchObject([{ counts: { known: 2, deletes: 1 } }]);
  });

  it('reads everybody again after a pause that was longer than Marketo keeps changes', async () => {
    const { reader, clock, command, notices, lastOf } = await paused();
    const first = lastOf('1');
    clock.advance(90 * dayMs);
    await step(reader);
    command('resume');
    await step(reader);
    await stepUntilIdle(reader);

    expect(notices('FEEDS_REOPENED')).toMatchObject([{ facts: { reason: 'TOO_OLD' } }]);
    expect(lastOf('1')).toMatchObject({ operation: 'SNAPSHOT' });
    expect(lastOf('1')?.eventId).not.toBe(first?.eventId);
  });
});

describe('a query of Marketo', () => {
  it('has the persons with one of some values read again, although no feed tells of them', async () => {
    const setting = await followed(people(4));
    editUnseen(setting, '2', 'Ulm');
    setting.command('resnapshot', { filter: 'email=n1@example.com, N3@example.com,n1@example.com' });
    await step(setting.reader);
    await stepUntilIdle(setting.reader);

    expect(announced(setting)).toEqual(['2', '4']);
    expect(setting.lastOf('2')).toMatchObject({
      ...{ operation: 'UPSERT', lane: 'BACKFILL', fields: { city: 'Ulm' } },
      evidence: { rows: [] },
    });
    expect(setting.notices('CONTROL_DONE')).toMatchObject([{ facts: { controlId: 'c0' } }]);
    expect(setting.notices('BACKFILL_COMPLETED')).toMatchObject([
      { entity: 'marketo/person', counts: { rows: 2 }, facts: { controlId: 'c0' } },
    ]);
  });

  it('is announced page by page beside the feeds, and goes on after a restart', async () => {
    const setting = await followed(people(700));
    const ids = Array.from({ length: 700 }, (_, n) => String(n + 1));
    setting.command('resnapshot', { filter: `id=${ids.join()}` });
    await step(setting.reader);
    await step(setting.reader);
    expect(await setting.checkpoint()).toMatchObject({ state: { query: { rowsDone: 300 } } });
    setting.marketo.edit('700', { city: 'Ulm' });
    const restarted = await setting.open();
    await step(restarted);
    expect(setting.lastOf('700')).toMatchObject({ fields: { city: 'Ulm' } });
    await stepUntilIdle(restarted);

    expect(setting.notices('BACKFILL_COMPLETED')).toMatchObject([{ counts: { rows: 700 } }]);
    expect(announced(setting)).toEqual(ids.sort());
    expect((await setting.checkpoint())?.state).toMatchObject({ query: null });
  });

  it('has who changed in a span of time read again', async () => {
    const setting = await followed(people(3));
    const { clock, marketo, command, reader } = setting;
    for (const id of ['1', '2', '3']) {
      clock.advance(60 * 60_000);
      marketo.edit(id, { city: 'Ulm' });
    }
    await stepUntilIdle(reader);
    clock.advance(15 * 60_000);
    await stepUntilIdle(reader);
    command('resnapshot', { from: '2026-11-22T11:30:00Z', to: '2026-11-22T12:30:00Z' });
    await step(reader);
    await stepUntilIdle(reader);

    expect(announced(setting)).toEqual(['2']);
    expect(setting.notices('BACKFILL_COMPLETED')).toMatchObject([{ counts: { rows: 1 } }]);
  });

  it('has the members of a static list read again, page by page', async () => {
    const setting = await followed(people(650));
    const { marketo, command, reader, notices } = setting;
    const ids = Array.from({ length: 640 }, (_, n) => String(n + 1));
    command('resnapshot', { filter: `list=${marketo.list(ids)}` });
    await step(reader);
    await stepUntilIdle(reader);

    expect(announced(setting)).toEqual(ids.sort());
    expect(notices('BACKFILL_COMPLETED')).toMatchObject([{ counts: { rows: 640 } }]);
  });

  it('begins again when its place in the feed is lost, and leaves those of the reader alone', async () => {
    const setting = await followed(people(3));
    const { marketo, command, reader, notices, checkpoint } = setting;
    const { position } = (await checkpoint()) ?? {};
    const { readFeed } = marketo;
    let lost = 1;
    marketo.readFeed = (place) => {
      if (place !== JSON.parse(position ?? '').feed && lost-- > 0)
        throw new SyncError('MARKETO_POSITION_LOST');
      return readFeed(place);
    };
    command('resnapshot', { from: '2026-11-22' });
    await step(reader);
    await stepUntilIdle(reader);
    await stepUntilIdle(reader);

    expect(notices('FEEDS_REOPENED')).toEqual([]);
    expect(notices('BACKFILL_COMPLETED')).toMatchObject([{ counts: { rows: 3 } }]);
  });

  it('waits while the calls that backfill may use are spent, and the feeds are read', async () => {
    const setting = await followed(people(3));
    const { marketo, command, open, lastOf, notices } = setting;
    const spent = { ...marketo, findPersons: () => Promise.reject(new SyncError('MARKETO_QUOTA_SPENT')) };
    command('resnapshot', { filter: 'id=1' });
    const reader = await open({ backfillPeople: spent });
    await step(reader);
    marketo.edit('2', { city: 'Ulm' });
    await stepUntilIdle(reader);

    expect(lastOf('2')).toMatchObject({ fields: { city: 'Ulm' } });
    expect(notices('BACKFILL_COMPLETED')).toEqual([]);
    await stepUntilIdle(await open());
    expect(notices('BACKFILL_COMPLETED')).toHaveLength(1);
  });

  it.each<[string, Partial<Control>, string]>([
    ['without anything to ask for', {}, 'QUERY_INVALID'],
    ['that is no field and values', { filter: 'lastName eq 5' }, 'QUERY_INVALID'],
    ['with an id that is none', { filter: 'id=1,two' }, 'QUERY_INVALID'],
    ['with an empty value', { filter: 'email=' }, 'QUERY_INVALID'],
    [
      'of more values than it may have',
      { filter: `id=${[...Array(10_001).keys()].join()}` },
      'QUERY_INVALID',
    ],
    ['of values and a span', { filter: 'id=1', from: '2026-11-01' }, 'QUERY_INVALID'],
    ['of a span that ends before it begins', { from: '2026-11-02', to: '2026-11-01' }, 'DATE_INVALID'],
    ['with a date that is none', { from: 'soon' }, 'DATE_INVALID'],
    ['from before Marketo keeps changes', { from: '2026-08-01' }, 'DATE_TOO_OLD'],
    ['of a list that is not there', { filter: 'list=7' }, 'QUERY_INVALID'],
    ['of two lists', { filter: 'list=7,8' }, 'QUERY_INVALID'],
    ['by a field that Marketo does not search', { filter: 'lastName=One' }, 'QUERY_INVALID'],
  ])('%s is refused by its reason, and the feeds go on', async (_, changes, reason) => {
    const { command, reader, notices, marketo, lastOf } = await followed();
    command('resnapshot', changes);
    marketo.edit('1', { city: 'Ulm' });
    await step(reader);
    await stepUntilIdle(reader);

    expect(notices('CONTROL_REFUSED')).toMatchObject([{ facts: { controlId: 'c0', reason } }]);
    expect(notices('BACKFILL_COMPLETED')).toEqual([]);
    expect(lastOf('1')).toMatchObject({ fields: { city: 'Ulm' } });
  });

  // It was asked again for ever: the command had no answer, and every read of the feeds ended as a failure.
  it('that Marketo says is wrong is refused, and the feeds go on', async () => {
    const { command, reader, notices, marketo } = await followed();
    marketo.findPersons = () =>
      Promise.reject(new SyncError('MARKETO_ANSWER_INVALID', { marketoCode: '1001' }));
    command('resnapshot', { filter: 'crmNumber=abc' });

    await stepUntilIdle(reader);

    expect(notices('CONTROL_REFUSED')).toMatchObject([{ facts: { reason: 'QUERY_INVALID' } }]);
  });

  it('is asked again when somebody else answers in the place of Marketo', async () => {
    const { command, reader, notices, marketo } = await followed();
    const { findPersons } = marketo;
    marketo.findPersons = () =>
      Promise.reject(new SyncError('MARKETO_ANSWER_INVALID', { marketoCode: '610' }));
    command('resnapshot', { filter: 'id=1' });
    await expect(stepUntilIdle(reader)).rejects.toThrow('MARKETO_ANSWER_INVALID');
    Object.assign(marketo, { findPersons });

    await stepUntilIdle(reader);

    expect(notices('CONTROL_REFUSED')).toEqual([]);
    expect(notices('BACKFILL_COMPLETED')).toHaveLength(1);
  });

  it('with a value that too many persons have is refused', async () => {
    const { command, marketo, open, notices } = await followed();
    const many = { ...marketo, findPersons: () => Promise.reject(new SyncError('MARKETO_AMBIGUOUS')) };
    command('resnapshot', { filter: 'crmType=Lead' });
    const reader = await open({ backfillPeople: many });
    await step(reader);
    await stepUntilIdle(reader);

    expect(notices('CONTROL_REFUSED')).toMatchObject([{ facts: { reason: 'TOO_MANY_MATCHES' } }]);
  });

  it('is refused while another one is under way, which can be cancelled', async () => {
    const { command, reader, notices, checkpoint } = await followed();
    command('resnapshot', { filter: 'id=1' });
    command('resnapshot', { filter: 'id=2' });
    command('cancel');
    for (let answers = 0; answers < 3; answers += 1) await step(reader);
    await stepUntilIdle(reader);

    expect(notices('CONTROL_REFUSED')).toMatchObject([{ facts: { reason: 'QUERY_IN_PROGRESS' } }]);
    expect(notices('BACKFILL_COMPLETED')).toEqual([]);
    expect((await checkpoint())?.state).toMatchObject({ query: null });
  });
});
