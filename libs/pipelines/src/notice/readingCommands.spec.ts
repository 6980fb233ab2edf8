import { topics, type Control, type Notice } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryMarketo } from '@lockstep/ports';
import { openNotifier } from '../noticeChanges.ts';
import {
  checkpointOf,
  eventsOf,
  exampleClock,
  exampleLease,
  step,
  stepUntilIdle,
} from '../pipelineFixtures.ts';

const leads = topics.marketingChanges('lead');
const dayMs = 86_400_000;

/** Two persons that were read, and a reader that obeys `commands`. */
async function followed() {
  const clock = exampleClock();
  const marketo = inMemoryMarketo({ now: clock.now });
  const log = inMemoryEventLog();
  const commands: Control[] = [];
  const calls: string[] = [];
  marketo.hooks.beforeCall = (operation) => void calls.push(operation);
  const open = () =>
    openNotifier({
      ...{ people: marketo, log, lease: exampleLease(), clock, commands: () => commands },
      ...{ pollIntervalMinMs: 500, pollIntervalMaxMs: 4_000, deletedIntervalMs: 30_000 },
    });
  marketo.seed([{ lastName: 'One' }, { lastName: 'Two' }]);
  const reader = await open();
  await stepUntilIdle(reader);
  const notices = (code: string) =>
    eventsOf<Notice>(log, topics.notices).filter((told) => told.code === code);

  return {
    ...{ clock, marketo, log, calls, open, reader, notices },
    command: (action: Control['action'], changes: Partial<Control> = {}) =>
      void commands.push({
        ...{ controlId: `c${commands.length}`, action, target: 'marketo/person', actor: 'ann@host' },
        ...{ filter: null, columns: null, from: null, to: null, at: '2026-11-22T10:00:00Z' },
        ...changes,
      }),
    lastOf: (id: string) => eventsOf(log, leads, id).at(-1),
    checkpoint: () => checkpointOf(log, 'marketo/person'),
  };
}

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
    ['resync', 'ACTION_UNKNOWN'],
    ['confirm', 'ACTION_UNKNOWN'],
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
    marketo.readDeleted = (position) => Promise.resolve({ personIds: [], position, hasMore: false });
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
