import { topics, type DeadLetter } from '@lockstep/change-events';
import type { RefusedRow } from '@lockstep/ports';
import { eventsOf, stepUntilIdle } from '../pipelineFixtures.ts';
import { followed, leads, type Setting } from './readingFixtures.ts';

const minuteMs = 60_000;
const malformed = (id: string | null): RefusedRow => ({
  ...{ id, field: id === null ? 'leadId' : 'activityDate', code: 'MARKETO_ROW_INVALID' },
  bytes: Buffer.from(`{"leadId":${id}}`),
});
const letters = ({ log }: Setting) => eventsOf<DeadLetter>(log, topics.deadLetters);

/** From now on every page of a feed holds this row, as looks back read it again. */
function showIn(feed: 'readFeed' | 'readDeleted', { marketo }: Setting, row: RefusedRow): void {
  const [readFeed, readDeleted] = [marketo.readFeed, marketo.readDeleted];
  if (feed === 'readFeed')
    marketo.readFeed = async (position) => ({ ...(await readFeed(position)), refused: [row] });
  else marketo.readDeleted = async (position) => ({ ...(await readDeleted(position)), refused: [row] });
}

describe('a malformed row of a feed', () => {
  it.each(['readFeed', 'readDeleted'] as const)(
    'of %s is set aside once, however often it is met, and the others are told',
    async (feed) => {
      const setting = await followed();
      showIn(feed, setting, malformed(null));
      setting.marketo.edit('1', { city: 'Ulm' });

      // Two looks back.
      for (let times = 0; times < 4; times += 1) {
        setting.clock.advance(5 * minuteMs);
        await stepUntilIdle(setting.reader);
      }

      expect(setting.lastOf('1')).toMatchObject({ fields: { city: 'Ulm' } });
      expect(letters(setting)).toMatchObject([
        {
          ...{ topic: leads, table: 'person', recordId: null, field: 'leadId', code: 'MARKETO_ROW_INVALID' },
          bytes: Uint8Array.from(malformed(null).bytes),
        },
      ]);
    },
  );

  it('has the person read that it names', async () => {
    const setting = await followed();
    const { marketo } = setting;
    const before = eventsOf(setting.log, leads, '2').length;
    showIn('readFeed', setting, malformed('2'));
    marketo.edit('1', { city: 'Ulm' });

    await stepUntilIdle(setting.reader);

    expect(eventsOf(setting.log, leads, '2')).toHaveLength(before + 1);
    expect(setting.lastOf('2')).toMatchObject({ fields: { lastName: 'Two' }, evidence: { rows: [] } });
  });
});

describe('a person with a value that cannot be read', () => {
  it('is told without it, and the field is named', async () => {
    const setting = await followed();
    const { marketo } = setting;
    const { findPersons } = marketo;
    marketo.findPersons = async (field, values) =>
      (await findPersons(field, values)).map(({ id, fields: { leadScore: _, ...fields } }) =>
        id === '1' ? { id, fields, unreadable: ['leadScore'] } : { id, fields },
      );
    marketo.edit('1', { city: 'Ulm' });

    await stepUntilIdle(setting.reader);

    expect(setting.lastOf('1')?.fields).toMatchObject({ city: 'Ulm' });
    expect(setting.lastOf('1')?.fields).not.toHaveProperty('leadScore');
    expect(letters(setting)).toMatchObject([
      { recordId: '1', field: 'leadScore', code: 'VALUE_NOT_REPRESENTABLE' },
    ]);
  });
});
