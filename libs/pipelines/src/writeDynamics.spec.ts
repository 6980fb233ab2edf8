import { SyncError, topics, type InboxMessage } from '@lockstep/change-events';
import {
  inMemoryDynamics,
  inMemoryEventLog,
  type DynamicsRequests,
  type DynamicsRow,
  type DynamicsWriter,
} from '@lockstep/ports';
import type { DynamicsWriteEntry } from '@lockstep/reconciliation';
import { eventsOf, exampleClock, exampleId } from './pipelineFixtures.ts';
import { createDynamicsWriter } from './writeDynamics.ts';

const goldenId = 'golden-1';

async function createSetting() {
  const clock = exampleClock();
  const dynamics = inMemoryDynamics({ clock });
  dynamics.seed('lead', [{ id: exampleId(1), fields: { firstname: 'Ann' } }]);
  const log = inMemoryEventLog();
  const failures: unknown[] = [];
  const calls: string[] = [];
  dynamics.hooks.beforeCall = (operation) => void calls.push(operation);
  const open = async (writer: DynamicsWriter & DynamicsRequests = dynamics) =>
    createDynamicsWriter({
      ...{ writer, clock, inFlightMax: 2 },
      publisher: await log.openPublisher('outcomes'),
      onFailure: (error) => void failures.push((error as SyncError).code),
    });
  const write = await open();
  const version = () => dynamics.rows('lead')[0]?.version ?? 0;
  const entry = (changes: Partial<DynamicsWriteEntry> = {}): DynamicsWriteEntry => ({
    kind: 'dynamics-write',
    entryId: 'entry-1',
    table: 'lead',
    rowId: exampleId(1),
    ifMatch: { epoch: 3, number: version() },
    columns: { firstname: 'Zoë' },
    attempts: 0,
    dueAtMs: 0,
    ...changes,
  });
  return {
    ...{ dynamics, log, failures, calls, open, version, entry },
    carryOut: (changes?: Partial<DynamicsWriteEntry>) => write([{ goldenId, entry: entry(changes) }]),
    inbox: () => eventsOf<InboxMessage>(log, topics.inbox, goldenId),
    firstname: () => dynamics.rows('lead')[0]?.fields['firstname'],
  };
}

describe('the end of a row', () => {
  const ends = { ends: 'delete', columns: {} } as const;

  it('is that it is deleted, which is answered as written, without a row', async () => {
    const { carryOut, inbox, dynamics } = await createSetting();

    await carryOut(ends);

    expect(dynamics.rows('lead')).toEqual([]);
    expect(inbox()).toMatchObject([{ kind: 'refusal', written: { result: 'WRITTEN', code: null } }]);
  });

  it('does not come to a row that was edited meanwhile, which is answered', async () => {
    const { carryOut, inbox, dynamics, entry } = await createSetting();
    const { ifMatch } = entry();
    dynamics.edit('lead', exampleId(1), { firstname: 'Theirs' });

    await carryOut({ ...ends, ifMatch });

    expect(inbox()).toMatchObject([
      { kind: 'event', event: { fields: { firstname: 'Theirs' } }, written: { result: 'STALE' } },
    ]);
  });

  it('came when its answer was lost and the row is gone', async () => {
    const { carryOut, inbox, dynamics, failures } = await createSetting();
    dynamics.hooks.afterDelete = () => {
      throw new SyncError('DYNAMICS_UNREACHABLE', {});
    };
    await carryOut(ends);
    expect([inbox(), failures]).toEqual([[], ['DYNAMICS_UNREACHABLE']]);

    await carryOut({ ...ends, ifMatch: { epoch: 3, number: 1 }, attempts: 1 });

    expect(inbox()).toMatchObject([{ kind: 'refusal', written: { result: 'MISSING' } }]);
  });
});

describe('a merge of rows', () => {
  const ends = { ends: 'merge', into: exampleId(2), columns: {} } as const;
  const stateOf = (dynamics: { rows(table: string): readonly DynamicsRow[] }) =>
    dynamics.rows('lead').find(({ id }) => id === exampleId(1))?.fields;

  it('is answered as written, without a row', async () => {
    const { carryOut, inbox, dynamics } = await createSetting();
    dynamics.seed('lead', [{ id: exampleId(2), fields: {} }]);

    await carryOut(ends);

    expect(stateOf(dynamics)).toMatchObject({ merged: true, masterid: { id: exampleId(2), table: 'lead' } });
    expect(inbox()).toMatchObject([{ kind: 'refusal', written: { result: 'WRITTEN', code: null } }]);
  });

  it('with a row that is not there is refused', async () => {
    const { carryOut, inbox, dynamics } = await createSetting();

    await carryOut(ends);

    expect(stateOf(dynamics)).toMatchObject({ merged: null });
    expect(inbox()).toMatchObject([{ kind: 'refusal', written: { result: 'REFUSED', field: null } }]);
  });

  it('whose answer was lost is told by the row', async () => {
    const { carryOut, inbox, dynamics, failures, entry } = await createSetting();
    const { ifMatch } = entry();
    dynamics.seed('lead', [{ id: exampleId(2), fields: {} }]);
    dynamics.hooks.afterMerge = () => {
      throw new SyncError('DYNAMICS_UNREACHABLE', {});
    };
    await carryOut({ ...ends, ifMatch });
    expect([inbox(), failures]).toEqual([[], ['DYNAMICS_UNREACHABLE']]);

    await carryOut({ ...ends, ifMatch, attempts: 1 });

    expect(inbox()).toMatchObject([
      { kind: 'event', event: { fields: { merged: true } }, written: { result: 'STALE' } },
    ]);
  });
});

describe('a guarded write to Dynamics', () => {
  it('answers with the row as the write left it, at its version', async () => {
    const { carryOut, inbox, version } = await createSetting();

    await carryOut();

    expect(inbox()).toEqual([
      {
        kind: 'event',
        goldenId,
        system: 'dynamics',
        table: 'lead',
        event: expect.objectContaining({
          operation: 'UPSERT',
          lane: 'LIVE',
          version: { epoch: 3, number: version() },
          page: { epoch: 0, number: 0 },
          fields: expect.objectContaining({ firstname: 'Zoë' }),
        }),
        written: { entryId: 'entry-1', result: 'WRITTEN', code: null, field: null, detail: null },
      },
    ]);
  });

  it('overwrites nothing when somebody was first, and answers with the row as it is now', async () => {
    const { carryOut, inbox, dynamics, version, firstname } = await createSetting();
    dynamics.hooks.beforeUpdate = () => void dynamics.edit('lead', exampleId(1), { firstname: 'Theirs' });

    await carryOut();

    expect(firstname()).toBe('Theirs');
    expect(inbox()).toMatchObject([
      {
        event: { version: { number: version() }, fields: { firstname: 'Theirs' } },
        written: { result: 'STALE', code: null },
      },
    ]);
  });

  it('says that the row is gone', async () => {
    const { carryOut, inbox, dynamics, entry } = await createSetting();
    const ifMatch = entry().ifMatch;
    dynamics.remove('lead', exampleId(1));

    await carryOut({ ifMatch });
    await carryOut({ ifMatch, attempts: 1 });

    const gone = { kind: 'refusal', goldenId, written: { entryId: 'entry-1', result: 'MISSING' } };
    expect(inbox()).toMatchObject([gone, gone]);
  });

  it('names the column that Dynamics refuses', async () => {
    const { carryOut, inbox } = await createSetting();

    await carryOut({ columns: { firstname: 'x'.repeat(51) } });

    expect(inbox()).toMatchObject([
      { kind: 'refusal', written: { result: 'REFUSED', field: 'firstname', code: '0x80044331' } },
    ]);
  });

  it('takes an error that is the record’s own fault as a refusal', async () => {
    const { open, dynamics, entry, inbox } = await createSetting();
    const write = await open({
      ...dynamics,
      update: () => Promise.reject(new SyncError('DYNAMICS_REFUSED', { status: 400 })),
    });

    await write([{ goldenId, entry: entry() }]);

    expect(inbox()).toMatchObject([
      { kind: 'refusal', written: { result: 'REFUSED', code: 'DYNAMICS_REFUSED', field: null } },
    ]);
  });
});

describe('a write whose answer is lost', () => {
  const losingAnswer = async () => {
    const setting = await createSetting();
    const { entry, dynamics, carryOut } = setting;
    const first = entry();
    dynamics.hooks.afterUpdate = () => {
      delete dynamics.hooks.afterUpdate;
      throw new SyncError('DYNAMICS_UNREACHABLE');
    };
    await carryOut(first);
    return { ...setting, again: { ...first, attempts: 1 } };
  };

  it('stays open: nothing is said about it', async () => {
    const { inbox, failures } = await losingAnswer();

    expect(inbox()).toEqual([]);
    expect(failures).toEqual(['DYNAMICS_UNREACHABLE']);
  });

  it('is looked at before it is written again, and not repeated once it has happened', async () => {
    const { again, carryOut, calls, inbox, version } = await losingAnswer();
    const written = version();
    calls.length = 0;

    await carryOut(again);

    expect(calls).toEqual(['read']);
    expect(version()).toBe(written);
    expect(inbox()).toMatchObject([
      {
        event: { version: { number: written }, fields: { firstname: 'Zoë' } },
        written: { result: 'STALE', code: 'DYNAMICS_UNREACHABLE' },
      },
    ]);
  });

  it('is written by a later attempt when it had not happened', async () => {
    const { carryOut, calls, inbox, firstname } = await createSetting();

    await carryOut({ attempts: 1 });

    expect(calls).toEqual(['read', 'update']);
    expect(firstname()).toBe('Zoë');
    expect(inbox()).toMatchObject([{ written: { result: 'WRITTEN' } }]);
  });
});

describe('many writes', () => {
  it('keeps a bounded number in flight, and one failure to itself', async () => {
    const { open, dynamics, entry, inbox, failures } = await createSetting();
    let inFlight = 0;
    const most = { inFlight: 0 };
    const write = await open({
      ...dynamics,
      async update(change) {
        most.inFlight = Math.max(most.inFlight, (inFlight += 1));
        await new Promise((resolve) => setImmediate(resolve));
        inFlight -= 1;
        if (change.columns['lastname'] === 'fails') throw new SyncError('DYNAMICS_BUSY');
        return { result: 'MISSING' };
      },
    });

    await write(
      ['a', 'fails', 'b', 'c'].map((lastname) => ({ goldenId, entry: entry({ columns: { lastname } }) })),
    );

    expect(most.inFlight).toBe(2);
    expect(failures).toEqual(['DYNAMICS_BUSY']);
    expect(inbox()).toHaveLength(3);
  });
});

describe('the creation of a row', () => {
  const creation = { ifMatch: null, rowId: exampleId(5), columns: { lastname: 'New' } } as const;
  const rows = ({ dynamics }: Awaited<ReturnType<typeof createSetting>>) => dynamics.rows('lead').length;

  it('answers with the row as Dynamics made it', async () => {
    const { carryOut, inbox, dynamics } = await createSetting();

    await carryOut(creation);

    const row = await dynamics.read('lead', exampleId(5));
    expect(inbox()).toMatchObject([
      {
        event: {
          recordId: exampleId(5),
          version: { epoch: 1, number: row?.version },
          fields: { lastname: 'New' },
        },
        written: { result: 'WRITTEN', code: null },
      },
    ]);
  });

  it('makes no second row after a lost answer, and tells what others made of the first', async () => {
    const setting = await createSetting();
    const { carryOut, inbox, dynamics, failures } = setting;
    dynamics.hooks.afterCreate = () => {
      delete dynamics.hooks.afterCreate;
      throw new SyncError('DYNAMICS_UNREACHABLE');
    };

    await carryOut(creation);
    dynamics.edit('lead', exampleId(5), { lastname: 'Theirs' });
    await carryOut({ ...creation, attempts: 1 });

    expect(failures).toEqual(['DYNAMICS_UNREACHABLE']);
    expect(rows(setting)).toBe(2);
    expect(inbox()).toMatchObject([
      {
        event: { fields: { lastname: 'Theirs' } },
        written: { result: 'STALE', code: 'DYNAMICS_UNREACHABLE' },
      },
    ]);
  });

  it('gives it to the user or team that was named, and makes none for nobody', async () => {
    const setting = await createSetting();
    const { carryOut, inbox, dynamics } = setting;
    const sales = { name: 'Sales', emailaddress: 'sales@crm.example' };
    dynamics.seed('team', [{ id: exampleId(8), fields: sales }]);

    await carryOut({ ...creation, owner: 'nobody@crm.example' });
    await carryOut({ ...creation, owner: 'sales@crm.example' });

    expect(inbox()).toMatchObject([
      { kind: 'refusal', written: { result: 'REFUSED', code: 'OWNER_UNKNOWN' } },
      { event: { fields: { ownerid: { table: 'team', id: exampleId(8) } } } },
    ]);
    expect(rows(setting)).toBe(2);
  });

  it('tells several owners of one name from one', async () => {
    const { carryOut, inbox, dynamics } = await createSetting();
    dynamics.seed(
      'team',
      [8, 9].map((n) => ({ id: exampleId(n), fields: { name: 'Sales' } })),
    );

    await carryOut({ ...creation, owner: 'Sales' });

    expect(inbox()).toMatchObject([{ written: { result: 'REFUSED', code: 'DYNAMICS_AMBIGUOUS' } }]);
  });
});
