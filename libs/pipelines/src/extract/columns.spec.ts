import { SyncError, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsReader } from '@lockstep/ports';
import { eventsOf, exampleId, step } from '../pipelineFixtures.ts';
import { extractSetting, leadDefinition, leads, pollIntervalMinMs, settle } from './extractFixtures.ts';

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

/**
 * Dataverse takes neither a link nor a query that names a column which is not there any more. The extractor went on naming it
 * until the next look at the metadata, hours later, and told that the table does not exist.
 */
describe('a column that was removed, so that every request that names it is refused', () => {
  /** Refuses what names `firstname` once `isGone`. */
  function strict({ dynamics }: ReturnType<typeof extractSetting>) {
    const removed = { isGone: false };
    const refuse = ({ fields }: TableDefinition, position: string | null): void => {
      if (!removed.isGone || !fields.some(({ name }) => name === 'firstname')) return;
      throw new SyncError(position === null ? 'DYNAMICS_TABLE_UNKNOWN' : 'DYNAMICS_POSITION_EXPIRED');
    };
    const reader: DynamicsReader = {
      ...dynamics,
      async readPage(definition, position, signal) {
        refuse(definition, position);
        return dynamics.readPage(definition, position, signal);
      },
      async readSince(definition, version, signal) {
        refuse(definition, null);
        return dynamics.readSince(definition, version, signal);
      },
    };
    const remove = (): void => {
      removed.isGone = true;
      dynamics.setColumns('lead', { definition: without('firstname') });
    };

    return { reader, remove };
  }

  it('stops alone, and the table goes on at once', async () => {
    const setting = extractSetting({ rows: 3 });
    const { reader, remove } = strict(setting);
    const extractor = await setting.open({ reader });
    await settle(extractor);
    remove();
    setting.dynamics.edit('lead', exampleId(1), { lastname: 'New' });

    await settle(extractor);

    expect(setting.eventsOfRow(1).at(-1)?.fields).toMatchObject({ lastname: 'New' });
    expect(setting.notices('COLUMN_STOPPED')).toMatchObject([{ facts: { column: 'firstname' } }]);
    expect(setting.notices('TABLE_WAITS')).toEqual([]);
  });

  it('does not hold up a first load that is under way', async () => {
    const setting = extractSetting({ rows: 7 });
    const { reader, remove } = strict(setting);
    const extractor = await setting.open({ reader });
    await step(extractor);
    remove();

    await settle(extractor);

    expect(new Set(setting.ids()).size).toBe(7);
    expect(setting.notices('TABLE_WAITS')).toEqual([]);
  });

  it('is found out of the refusal of the live query beside a first load too', async () => {
    const setting = extractSetting({ rows: 7 });
    const { reader, remove } = strict(setting);
    const extractor = await setting.open({ reader });
    await step(extractor);
    remove();
    setting.clock.advance(pollIntervalMinMs);

    await expect(step(extractor)).rejects.toMatchObject({ code: 'DYNAMICS_TABLE_UNKNOWN' });
    await settle(extractor);

    expect(new Set(setting.ids()).size).toBe(7);
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
