import { topics, type Control, type InboxMessage, type Notice } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryStores } from '@lockstep/ports';
import { newGoldenRecord, type GoldenRecord } from '@lockstep/reconciliation';
import { eventsOf, exampleClock, exampleId, step } from '../pipelineFixtures.ts';
import { createSweeper } from '../sweepDue.ts';
import { createDirections } from './directions.ts';

const command = (action: string, target = 'reconciler/to-marketo', at = '2026-11-22T10:00:00Z') =>
  ({ controlId: `${action}/${at}`, action, target, actor: 'ann', at }) as Control;

describe('a direction', () => {
  it('begins as the settings say, and follows the newest command after that', () => {
    const directions = createDirections(new Set(['dynamics']));

    directions.obey(command('pause'));
    directions.obey(command('resume', 'reconciler/to-dynamics'));
    directions.obey(command('pause', 'dynamics/lead'));
    directions.obey(command('pause', 'toString'));

    expect([...directions.withheld()]).toEqual(['marketo']);
    const flowing = (['dynamics', 'marketo'] as const).map(directions.flowingSinceMs);
    expect(flowing).toEqual([Date.parse('2026-11-22T10:00:00Z'), null]);
  });

  it('answers what comes after the start once, and says what it does not know', () => {
    const directions = createDirections(new Set());
    const clock = exampleClock();
    directions.obey(command('pause'));
    directions.caughtUp();
    directions.obey(command('resume'));
    directions.obey(command('resync'));
    directions.obey(command('pause', 'reconciler/to-dynamics', '2026-11-22T09:00:00Z'));

    const answers = directions.answers(clock).map(({ value }) => value as Notice);

    expect(answers.map(({ code, entity, facts }) => [code, entity, facts?.['action']])).toEqual([
      ['CONTROL_DONE', 'reconciler/to-marketo', 'resume'],
      ['CONTROL_REFUSED', 'reconciler/to-marketo', 'resync'],
    ]);
    expect(directions.answers(clock)).toEqual([]);
  });

  it('that flows again has what was withheld woken in the backfill lane, and nothing before that', async () => {
    const log = inMemoryEventLog();
    const stores = inMemoryStores();
    const directions = createDirections(new Set(['marketo']));
    const clock = exampleClock();
    const record: GoldenRecord = { ...newGoldenRecord(exampleId(1)), withheld: { marketo: true } };
    await stores.golden.save([{ record, expected: null }]);
    await stores.syncState.markFirstReadsComplete();
    const sweeper = createSweeper({
      ...{ ...stores, log, clock, intervalMs: 1_000, withheld: directions.withheld },
      ...{ publisher: await log.openPublisher('sweep'), reconcileGroup: 'g' },
    });
    const woken = () => eventsOf<InboxMessage>(log, topics.inboxBackfill).map(({ goldenId }) => goldenId);

    await step(sweeper);
    expect(woken()).toEqual([]);

    directions.obey(command('resume'));
    await step(sweeper);
    expect(woken()).toEqual([exampleId(1)]);
  });
});
