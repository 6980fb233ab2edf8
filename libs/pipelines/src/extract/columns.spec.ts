import { SyncError, type TableDefinition } from '@lockstep/change-events';
import { eventsOf, exampleId } from '../pipelineFixtures.ts';
import { extractSetting, leadDefinition, leads, settle } from './extractFixtures.ts';

const without = (name: string): TableDefinition => ({
  ...leadDefinition,
  fields: leadDefinition.fields.filter((field) => field.name !== name),
});
const retyped = (name: string): TableDefinition => ({
  ...leadDefinition,
  fields: leadDefinition.fields.map((field) =>
    field.name === name ? { name, type: 'integer' as const } : field,
  ),
});

const losses: [string, TableDefinition, string][] = [
  ['gone', without('firstname'), 'MISSING'],
  ['of another type now', retyped('firstname'), 'RETYPED'],
];

async function followed(prepare: (setting: ReturnType<typeof extractSetting>) => void = () => undefined) {
  const setting = extractSetting({ rows: 3 });
  prepare(setting);
  const definitions: string[][] = [];
  const extractor = await setting.open({
    onDefinition: async ({ fields }) => void definitions.push(fields.map(({ name }) => name)),
  });
  await settle(extractor);

  return { ...setting, extractor, definitions };
}

describe('a column that cannot be published any more', () => {
  it('is never shown as null when it is hidden between two polls', async () => {
    const { dynamics, extractor, eventsOfRow, notices, definitions } = await followed(
      ({ dynamics: source }) => source.setColumns('lead', { secured: ['firstname'] }),
    );
    dynamics.edit('lead', exampleId(1), { firstname: 'Zoë', lastname: 'New' });
    dynamics.setColumns('lead', { secured: [], hidden: ['firstname'] });

    await settle(extractor);

    expect(eventsOfRow(1).at(-1)?.fields).toMatchObject({ lastname: 'New' });
    expect(eventsOfRow(1).at(-1)?.fields).not.toHaveProperty('firstname');
    expect(notices('COLUMN_STOPPED')).toMatchObject([
      { facts: { column: 'firstname', reason: 'UNREADABLE' } },
    ]);
    expect(definitions.at(-1)).not.toContain('firstname');
    expect(definitions.at(-1)).toContain('lastname');
  });

  it('is believed to be null when the server still lists it as readable', async () => {
    const { dynamics, extractor, eventsOfRow } = await followed(({ dynamics: source }) =>
      source.setColumns('lead', { secured: ['firstname'] }),
    );
    dynamics.edit('lead', exampleId(1), { firstname: null });

    await settle(extractor);

    expect(eventsOfRow(1).at(-1)?.fields).toMatchObject({ firstname: null });
  });

  it.each(losses)(
    'stops alone when it is %s, and the stream keeps its link',
    async (_, definition, reason) => {
      const { dynamics, extractor, open, eventsOfRow, notices, log } = await followed();
      dynamics.setColumns('lead', { definition });
      dynamics.edit('lead', exampleId(1), { lastname: 'New' });

      await settle(extractor);
      await settle(await open());

      expect(eventsOfRow(1).at(-1)).toMatchObject({ lane: 'LIVE', fields: { lastname: 'New' } });
      expect(eventsOfRow(1).at(-1)?.fields).not.toHaveProperty('firstname');
      expect(notices('COLUMN_STOPPED')).toMatchObject([{ facts: { column: 'firstname', reason } }]);
      expect(eventsOf(log, leads)).toHaveLength(4);
    },
  );

  it('is left out when the registry has known it with another type', async () => {
    const { open, eventsOfRow, notices } = extractSetting({ rows: 2 });
    const refuse = async ({ fields }: TableDefinition): Promise<void> => {
      if (fields.some(({ name }) => name === 'firstname'))
        throw new SyncError('SCHEMA_INCOMPATIBLE', { field: 'firstname' });
    };

    await settle(await open({ onDefinition: refuse }));
    await settle(await open({ onDefinition: refuse }));

    expect(eventsOfRow(1)).toHaveLength(1);
    expect(eventsOfRow(1)[0]?.fields).not.toHaveProperty('firstname');
    expect(notices('COLUMN_STOPPED')).toMatchObject([{ facts: { column: 'firstname', reason: 'RETYPED' } }]);
  });
});

describe('a column that is new or readable again', () => {
  it('is announced for every row, nulls included, by events that differ from the earlier ones', async () => {
    const { dynamics, extractor, eventsOfRow, notices } = await followed(({ dynamics: source }) =>
      source.setColumns('lead', { definition: without('firstname') }),
    );
    dynamics.setColumns('lead', { definition: leadDefinition });
    dynamics.edit('lead', exampleId(2), { firstname: 'Zoë' });

    await settle(extractor);
    await settle(extractor);

    expect(eventsOfRow(1)).toHaveLength(2);
    const [former, announced] = eventsOfRow(1);
    expect(former?.fields).not.toHaveProperty('firstname');
    expect(announced).toMatchObject({
      lane: 'BACKFILL',
      version: former?.version,
      fields: { firstname: null },
    });
    expect(announced?.eventId).not.toBe(former?.eventId);
    expect(eventsOfRow(2).at(-1)).toMatchObject({ fields: { firstname: 'Zoë' } });
    expect(notices('BACKFILL_COMPLETED')).toMatchObject([{ counts: { rows: 3, deletes: 0 } }]);
  });

  it('is announced for the rows of a range of dates only, when one is given', async () => {
    const { dynamics, open, clock, eventsOfRow } = await followed(({ dynamics: source }) =>
      source.setColumns('lead', { definition: without('firstname') }),
    );
    clock.advance(86_400_000);
    dynamics.edit('lead', exampleId(3), { lastname: 'New' });
    await settle(await open());
    dynamics.setColumns('lead', { definition: leadDefinition });

    await settle(await open({ backfillRange: { from: '2026-11-23T00:00:00Z', to: null } }));

    expect(eventsOfRow(1)).toHaveLength(1);
    expect(eventsOfRow(3)).toHaveLength(3);
  });

  it('is announced too when the change of columns cost the delta link', async () => {
    const { dynamics, extractor, eventsOfRow } = await followed(({ dynamics: source }) =>
      source.setColumns('lead', { definition: without('firstname') }),
    );
    dynamics.setColumns('lead', { definition: leadDefinition });
    dynamics.expirePositions();

    await settle(extractor);

    expect(eventsOfRow(1).at(-1)?.fields).toHaveProperty('firstname');
  });
});
