import type { DynamicsPage, DynamicsRow, DynamicsReader } from '@lockstep/ports';
import { exampleId, step } from '../pipelineFixtures.ts';
import { extractSetting, settle } from './extractFixtures.ts';

/** What an environment looks like after it was put back: rows and marks are those of an earlier time. */
function putBack(
  reader: DynamicsReader,
  change: { rows?: (row: DynamicsRow) => DynamicsRow | null; mark?: number },
) {
  const rowsOf = (rows: readonly DynamicsRow[]) =>
    rows.flatMap((row) => {
      const shown = change.rows ? change.rows(row) : row;
      return shown === null ? [] : [shown];
    });
  const page = async (...args: Parameters<DynamicsReader['readPage']>): Promise<DynamicsPage> => {
    const answer = await reader.readPage(...args);
    return { ...answer, rows: rowsOf(answer.rows), mark: change.mark ?? answer.mark };
  };
  const where = async (...args: Parameters<DynamicsReader['readWhere']>) => {
    const answer = await reader.readWhere(...args);
    return { ...answer, rows: rowsOf(answer.rows) };
  };

  const since = async (...args: Parameters<DynamicsReader['readSince']>) => {
    const answer = await reader.readSince(...args);
    return { ...answer, rows: rowsOf(answer.rows) };
  };

  return { ...reader, readPage: page, readWhere: where, readSince: since };
}

const older = (n: number, firstname: string) => (row: DynamicsRow) =>
  row.id === exampleId(n)
    ? {
        ...row,
        version: row.version - 3,
        changedAt: '2026-11-01T00:00:00Z',
        fields: { ...row.fields, firstname },
      }
    : row;

async function followed(rows = 4) {
  const setting = extractSetting({ rows });
  const extractor = await setting.open();
  await settle(extractor);

  return { ...setting, extractor };
}

describe('an environment that was put back', () => {
  it('is noticed by a published row that is older now, and its rows are published under a new epoch', async () => {
    const { open, dynamics, eventsOfRow, notices, checkpoint } = await followed();

    await settle(await open({ reader: putBack(dynamics, { rows: older(4, 'former') }) }));

    expect(notices('EPOCH_RAISED')).toMatchObject([
      { facts: { reason: 'ROW_WENT_BACK' }, counts: { epoch: 2 } },
    ]);
    expect(eventsOfRow(4)).toMatchObject([
      { version: { epoch: 1 } },
      { version: { epoch: 2 }, fields: { firstname: 'former' } },
    ]);
    expect(eventsOfRow(1)).toHaveLength(1);
    expect(await checkpoint()).toMatchObject({ phase: 'STREAMING', versionEpoch: 2 });
  });

  it('is noticed by a published row that is gone without a tombstone', async () => {
    const { open, dynamics, eventsOfRow, notices } = await followed();
    const gone = putBack(dynamics, { rows: (row) => (row.id === exampleId(4) ? null : row) });

    await settle(await open({ reader: gone, brake: { deletesMax: 9, shareMax: 1, fewMax: 0 } }));

    expect(notices('EPOCH_RAISED')).toMatchObject([{ facts: { reason: 'ROW_VANISHED' } }]);
    expect(eventsOfRow(4).at(-1)).toMatchObject({ operation: 'DELETE' });
  });

  it('is not suspected when the newest published row was deleted', async () => {
    const { open, dynamics, notices, eventsOfRow } = await followed();
    dynamics.remove('lead', exampleId(4));

    await settle(await open());

    expect(notices('EPOCH_RAISED')).toEqual([]);
    expect(eventsOfRow(4).map(({ operation }) => operation)).toEqual(['SNAPSHOT', 'DELETE']);
  });

  it('is not suspected when that row was deleted behind the mark of a delta that a restart interrupted', async () => {
    const { open, dynamics, extractor, notices, eventsOfRow } = await followed();
    for (const n of [1, 2, 3]) dynamics.edit('lead', exampleId(n), { firstname: 'new' });
    await step(extractor);
    dynamics.remove('lead', exampleId(2));

    await settle(await open());

    expect(notices('EPOCH_RAISED')).toEqual([]);
    expect(eventsOfRow(2).map(({ operation }) => operation)).toEqual(['SNAPSHOT', 'UPSERT', 'DELETE']);
  });

  it('is not suspected when that row was deleted and the place was lost before anybody was told', async () => {
    const { open, dynamics, notices, eventsOfRow } = await followed();
    dynamics.remove('lead', exampleId(4));
    dynamics.expirePositions();

    await settle(await open());

    expect(notices('EPOCH_RAISED')).toEqual([]);
    expect(eventsOfRow(4).map(({ operation }) => operation)).toEqual(['SNAPSHOT', 'DELETE']);
  });

  it('is noticed by its mark when the place was lost and no published row is older now', async () => {
    const { open, dynamics, notices, eventsOfRow } = await followed();
    dynamics.expirePositions();

    await settle(await open({ reader: putBack(dynamics, { mark: 1 }) }));

    expect(notices('EPOCH_RAISED')).toMatchObject([{ facts: { reason: 'MARK_FELL' } }]);
    expect(eventsOfRow(4)).toHaveLength(1);
  });

  it('is noticed by a mark that stays below the last one, and what came with it is not published as stale', async () => {
    const { open, dynamics, notices, eventsOfRow } = await followed();
    const extractor = await open({ reader: putBack(dynamics, { mark: 1 }) });
    dynamics.edit('lead', exampleId(1), { firstname: 'after' });

    await settle(extractor);

    expect(notices('EPOCH_RAISED')[0]).toMatchObject({ facts: { reason: 'MARK_FELL' } });
    expect(eventsOfRow(1)).toMatchObject([{}, { version: { epoch: 2 }, fields: { firstname: 'after' } }]);
  });

  it('is noticed in mid-resync by an edit that got a version that was taken before', async () => {
    const { open, dynamics, eventsOfRow, notices } = await followed();
    dynamics.expirePositions();
    const twice = (row: DynamicsRow) =>
      row.id === exampleId(2)
        ? { ...row, changedAt: '2026-11-22T11:00:00Z', fields: { ...row.fields, firstname: 'other' } }
        : row;

    await settle(await open({ reader: putBack(dynamics, { rows: twice }) }));

    expect(notices('EPOCH_RAISED')).toMatchObject([{ facts: { reason: 'ROW_WENT_BACK' } }]);
    expect(eventsOfRow(2).at(-1)).toMatchObject({ version: { epoch: 2 }, fields: { firstname: 'other' } });
    expect(eventsOfRow(3)).toHaveLength(1);
  });

  it.each([
    ['another address', { origin: 'https://other.example', versionEpoch: 1 }, 'ORIGIN_CHANGED'],
    ['a configured epoch', { origin: 'https://org.example', versionEpoch: 2 }, 'CONFIGURED'],
  ])('is told by %s, and unchanged rows are not announced again', async (_, changes, reason) => {
    const { open, dynamics, eventsOfRow, ids, notices, checkpoint } = await followed();
    dynamics.edit('lead', exampleId(1), { firstname: 'new' });

    await settle(await open(changes));

    expect(notices('EPOCH_RAISED')).toMatchObject([{ facts: { reason } }]);
    expect(eventsOfRow(1).at(-1)).toMatchObject({ version: { epoch: 2 } });
    expect(ids()).toHaveLength(5);
    expect(await checkpoint()).toMatchObject({ versionEpoch: 2, state: { origin: changes.origin } });
  });

  it('is looked for once an hour, which an idle table can afford', async () => {
    const { extractor, calls, clock } = await followed();
    calls.length = 0;
    for (let polls = 0; polls < 240; polls += 1) {
      clock.advance(30_000);
      await step(extractor);
    }

    expect(calls.filter((call) => call === 'readWhere')).toHaveLength(2);
    expect(calls.length * 12).toBeLessThanOrEqual(3000);
  });
});
