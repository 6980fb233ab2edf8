import type { Control } from '@lockstep/change-events';
import { eventsOf, exampleId, step } from '../pipelineFixtures.ts';
import { command, extractSetting, leads, settle } from './extractFixtures.ts';

async function followed(rows = 4) {
  const setting = extractSetting({ rows });
  const extractor = await setting.open();
  await settle(extractor);

  return { ...setting, extractor };
}

describe('a command to a table', () => {
  it('pauses it over a restart, and a later one lets it go on where it was', async () => {
    const { commands, extractor, open, dynamics, ids, calls, notices } = await followed();
    commands.push(command('pause'));
    await step(extractor);
    dynamics.edit('lead', exampleId(1), {});
    calls.length = 0;

    const restarted = await open();
    for (let steps = 0; steps < 5; steps += 1) expect((await step(restarted)).idleMs).toBeGreaterThan(0);

    expect([ids().length, calls]).toEqual([4, []]);
    commands.push(command('resume'));
    await step(restarted);
    await settle(restarted);
    expect(ids()).toHaveLength(5);
    expect(notices('CONTROL_DONE')).toHaveLength(2);
  });

  it('is answered once, by an answer that names it and who gave it, also over a restart', async () => {
    const { commands, extractor, open, notices } = await followed();
    commands.push(command('resync', { controlId: 'r1' }), command('pause', { controlId: 'p1' }));

    await step(extractor);
    await settle(await open({ commands: () => commands.slice(0, 1) }));
    await settle(await open({ commands: () => commands.slice(0, 1) }));

    expect(notices('CONTROL_DONE')).toMatchObject([
      { facts: { controlId: 'r1', action: 'resync', actor: 'ann@host' }, severity: 'info' },
    ]);
    expect(notices('RESYNC_COMPLETED')).toHaveLength(1);
  });

  it.each<[string, Partial<Control> & Pick<Control, 'action'>, string]>([
    ['to resume what is not paused', { action: 'resume' }, 'NOT_PAUSED'],
    ['to cancel nothing', { action: 'cancel' }, 'NOTHING_TO_CANCEL'],
    ['to confirm nothing', { action: 'confirm' }, 'NOTHING_HELD'],
    ['with a date that is none', { action: 'resnapshot', from: 'soon' }, 'DATE_INVALID'],
    ['for a column that is not published', { action: 'resnapshot', columns: ['nosuch'] }, 'COLUMN_UNKNOWN'],
    ['that nobody knows', { action: 'dance' as Control['action'] }, 'ACTION_UNKNOWN'],
    [
      'with a filter that the server refuses',
      { action: 'resnapshot', filter: 'firstname like x' },
      'QUERY_INVALID',
    ],
  ])('%s is refused by its reason, and the table goes on', async (_, { action, ...changes }, reason) => {
    const { commands, extractor, notices, dynamics, ids } = await followed();
    commands.push(command(action, { controlId: 'x1', ...changes }));
    dynamics.edit('lead', exampleId(1), {});

    for (let steps = 0; steps < 6; steps += 1) await step(extractor);

    expect(notices('CONTROL_REFUSED')).toMatchObject([{ facts: { controlId: 'x1', reason } }]);
    expect(notices('CONTROL_DONE')).toEqual([]);
    expect(ids()).toHaveLength(5);
  });

  it('is refused while the table is read as a whole, when it asks for another such read', async () => {
    const { commands, open, notices } = extractSetting({ rows: 9 });
    const extractor = await open();
    await step(extractor);
    commands.push(command('resync'));

    await step(extractor);

    expect(notices('CONTROL_REFUSED')).toMatchObject([{ facts: { reason: 'READ_IN_PROGRESS' } }]);
  });

  it('announces a whole table again, by events that differ from the earlier ones', async () => {
    const { commands, extractor, eventsOfRow, notices, log } = await followed();
    commands.push(command('resnapshot', { controlId: 's1' }));

    await settle(extractor);

    expect(eventsOf(log, leads)).toHaveLength(8);
    expect(new Set(eventsOf(log, leads).map(({ eventId }) => eventId)).size).toBe(8);
    expect(eventsOfRow(1).at(-1)).toMatchObject({ operation: 'SNAPSHOT', lane: 'BACKFILL' });
    expect(notices('BACKFILL_COMPLETED')).toMatchObject([
      { counts: { rows: 4, published: 4 }, facts: { label: 's1' } },
    ]);
  });

  it('ends the announcing of a whole table in its middle, and the stream goes on', async () => {
    const { commands, extractor, ids, checkpoint } = await followed(8);
    commands.push(command('resnapshot'));
    await step(extractor);
    await step(extractor);
    commands.push(command('cancel'));

    await settle(extractor);

    expect(ids()).toHaveLength(10);
    expect(await checkpoint()).toMatchObject({ phase: 'STREAMING' });
  });

  it('announces what a filter names beside live edits, goes on after a restart, and says when it is done', async () => {
    const { commands, extractor, open, dynamics, eventsOfRow, notices, clock, log } = await followed(9);
    for (let n = 1; n <= 6; n += 1) dynamics.edit('lead', exampleId(n), { lastname: 'Named' });
    await settle(extractor);
    commands.push(command('resnapshot', { controlId: 'q1', filter: "lastname eq 'Named'" }));
    await step(extractor);
    await step(extractor);
    await step(extractor);
    dynamics.edit('lead', exampleId(9), { firstname: 'live' });
    clock.advance(500);

    const restarted = await open();
    await step(restarted);
    expect(eventsOfRow(9).at(-1)).toMatchObject({ lane: 'LIVE', fields: { firstname: 'live' } });
    for (let steps = 0; steps < 6; steps += 1) await step(restarted);

    const announced = eventsOf(log, leads).filter(({ eventId }) => eventId.endsWith('/q1'));
    expect(announced.map(({ recordId }) => recordId).sort()).toEqual([1, 2, 3, 4, 5, 6].map(exampleId));
    expect(notices('BACKFILL_COMPLETED')).toMatchObject([
      { counts: { rows: 6 }, facts: { controlId: 'q1' } },
    ]);
  });

  it('is warned of when a pause lasts nearly as long as changes are remembered', async () => {
    const { commands, extractor, clock, notices } = await followed();
    commands.push(command('pause'));
    await step(extractor);
    clock.advance(5 * 86_400_000);
    await step(extractor);
    expect(notices('PAUSE_NEAR_EXPIRY')).toEqual([]);

    clock.advance(86_400_000);
    await step(extractor);
    await step(extractor);

    expect(notices('PAUSE_NEAR_EXPIRY')).toMatchObject([{ counts: { pausedHours: 144 } }]);
  });
});
