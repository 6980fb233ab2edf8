import { topics, type Notice } from '@lockstep/change-events';
import type { DynamicsReader } from '@lockstep/ports';
import { eventsOf, exampleId, step } from '../pipelineFixtures.ts';
import { command, extractSetting, settle } from './extractFixtures.ts';

const hourMs = 60 * 60 * 1000;

/** A followed table of 30 rows that is compared every day; `miss` lets the stream go past changes that it does not show. */
async function compared(compareIntervalMs = 24 * hourMs) {
  const setting = extractSetting({ rows: 30 });
  const { dynamics, clock } = setting;
  let isBlind = false;
  const reader: DynamicsReader = {
    ...dynamics,
    async readPage(definition, position, signal) {
      const page = await dynamics.readPage(definition, position, signal);

      return isBlind ? { ...page, rows: [], deletedIds: [] } : page;
    },
  };
  const open = () => setting.open({ reader, compareIntervalMs });
  const extractor = await open();
  await settle(extractor);
  const miss = async (change: () => void) => {
    isBlind = true;
    change();
    clock.advance(5000);
    await settle(extractor);
    isBlind = false;
  };

  return { ...setting, open, extractor, miss };
}

describe('a scheduled compare', () => {
  it('repairs what the topic lacks, and reports how much it was', async () => {
    const { dynamics, extractor, miss, clock, eventsOfRow, notices } = await compared();
    await miss(() => {
      dynamics.edit('lead', exampleId(1), { firstname: 'Zoë' });
      dynamics.remove('lead', exampleId(2));
    });
    expect(eventsOfRow(1)).toHaveLength(1);
    clock.advance(24 * hourMs);

    await settle(extractor);

    expect(eventsOfRow(1).at(-1)).toMatchObject({ lane: 'BACKFILL', fields: { firstname: 'Zoë' } });
    expect(eventsOfRow(2).at(-1)).toMatchObject({ operation: 'DELETE' });
    expect(eventsOfRow(3)).toHaveLength(1);
    expect(notices('RESYNC_STARTED')).toMatchObject([{ facts: { reason: 'COMPARE_DUE' } }]);
    expect(notices('RESYNC_COMPLETED')).toMatchObject([{ counts: { rows: 29, published: 1, deletes: 1 } }]);
  });

  it('is due once per interval, counted over restarts, and never unless an interval is set', async () => {
    const daily = await compared();
    daily.clock.advance(23 * hourMs);
    await settle(await daily.open());
    expect(daily.notices('RESYNC_STARTED')).toHaveLength(0);
    daily.clock.advance(hourMs);
    await settle(await daily.open());
    await settle(await daily.open());
    expect(daily.notices('RESYNC_STARTED')).toHaveLength(1);

    const never = await compared(0);
    never.clock.advance(1000 * hourMs);
    await settle(never.extractor);
    expect(never.notices('RESYNC_STARTED')).toHaveLength(0);
  });

  it('waits for the end of a pause and of a query', async () => {
    const { extractor, commands, clock, log, notices } = await compared();
    commands.push(command('pause'));
    await step(extractor);
    clock.advance(24 * hourMs);
    await step(extractor);
    await step(extractor);
    expect(notices('RESYNC_STARTED')).toHaveLength(0);
    commands.push(command('resnapshot', { filter: "firstname eq 'Zoë'" }), command('resume'));

    await settle(extractor);

    const codes = eventsOf<Notice>(log, topics.notices).map(({ code }) => code);
    expect(codes.slice(-3)).toEqual(['BACKFILL_COMPLETED', 'RESYNC_STARTED', 'RESYNC_COMPLETED']);
  });
});
