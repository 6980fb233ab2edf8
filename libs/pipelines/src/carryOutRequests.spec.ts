import { SyncError, topics, type InboxMessage, type MarketerRequest } from '@lockstep/change-events';
import { inMemoryDynamics, inMemoryEventLog, inMemoryStores, type LogPoint } from '@lockstep/ports';
import { defaultMapping, nativePolicy } from '@lockstep/reconciliation';
import { deliverAll, eventsOf, exampleClock, exampleEvent, put } from './pipelineFixtures.ts';
import { createReconciler } from './reconcileChanges.ts';
import type { OwnedWrite } from './reconcile/reconcileOutput.ts';
import { createRouter } from './routeChanges.ts';
import { createDynamicsWriter } from './writeDynamics.ts';

const asked: MarketerRequest = {
  ...{ requestId: 'webhook/1', personId: '7', kind: 'SYNC_PERSON', state: 'QUEUED', door: 'WEBHOOK' },
  ...{ arguments: { as: 'lead' }, askedAt: '2026-11-22T10:00:00Z', at: '2026-11-22T10:00:00Z' },
  ...{ code: null, detail: null },
};

/** Router, owner and writer over the doubles; `restart` starts them anew, with nothing but what was stored. */
async function createSetting() {
  const clock = exampleClock();
  const dynamics = inMemoryDynamics({ clock });
  const stores = inMemoryStores();
  await stores.syncState.markFirstReadsComplete();
  const faults: { at: LogPoint | null } = { at: null };
  const log = inMemoryEventLog({
    atPoint(point, id) {
      if (point !== faults.at || id !== 'reconciler') return;
      faults.at = null;
      throw new SyncError('KAFKA_UNREACHABLE', { point });
    },
  });
  const planned: OwnedWrite[] = [];
  const sources = [topics.requests, topics.marketingChanges('lead'), topics.dynamicsChanges('lead')];
  const restart = () => {
    planned.length = 0;
    log.subscribe({ group: 'router', topics: sources, batchSizeMax: 10 }, createRouter(stores.links));
    const reconciler = createReconciler({
      ...{ ...stores, clock, mapping: defaultMapping, policy: nativePolicy },
      writeDynamics: async (writes) => void planned.push(...writes),
    });
    log.subscribe({ group: 'reconciler', topics: [topics.inbox], batchSizeMax: 10 }, reconciler);
  };
  restart();
  const publisher = await log.openPublisher('outcomes');
  const write = createDynamicsWriter({ writer: dynamics, publisher, clock, inFlightMax: 2 });
  const deliver = async () => {
    await deliverAll(log, 'router');
    await deliverAll(log, 'reconciler');
  };
  return {
    ...{ clock, dynamics, stores, log, faults, restart, deliver },
    /** What was planned is written, and its answers decided. */
    async settle() {
      await deliver();
      await write(planned.splice(0));
      await deliver();
    },
    ask: (request: Partial<MarketerRequest> = {}) =>
      put(log, { topic: topics.requests, key: '7', value: { ...asked, ...request } }),
    wakeUp: async () => {
      clock.advance(20_000);
      for (const goldenId of await stores.golden.findDue(clock.now(), 10)) {
        const value: InboxMessage = { kind: 'wake-up', goldenId, reason: 'due', target: null };
        await put(log, { topic: topics.inbox, key: goldenId, value });
      }
    },
    states: () => eventsOf<MarketerRequest>(log, topics.requests, '7').map(({ state }) => state),
    ends: (id: string) =>
      eventsOf<MarketerRequest>(log, topics.requests, '7')
        .filter(({ requestId, state }) => requestId === id && (state === 'DONE' || state === 'FAILED'))
        .map(({ state }) => state),
    leads: () => dynamics.rows('lead'),
  };
}

async function withPerson() {
  const setting = await createSetting();
  const fields = { firstName: 'Ann', lastName: 'Example', email: 'ann@example.com' };
  const event = exampleEvent({
    ...{
      eventId: 'marketo/person/7/1.1',
      recordId: '7',
      version: null,
      page: { epoch: 1, number: 1 },
      fields,
    },
  });
  await put(setting.log, { topic: topics.marketingChanges('lead'), key: '7', value: event });
  await setting.deliver();
  return setting;
}

const task: Partial<MarketerRequest> = {
  ...{ requestId: 'webhook/task', kind: 'CREATE_TASK' },
  arguments: { subject: 'Call back', due: '3', status: 'Deferred' },
};

async function withLead() {
  const setting = await withPerson();
  await setting.ask();
  await setting.settle();

  return setting;
}

describe('a task that is asked for', () => {
  it('is made once, about the row, and due at noon of the day, and its end goes out on the topic', async () => {
    const { ask, settle, leads, dynamics, ends } = await withLead();

    await ask(task);
    await settle();
    await ask(task);
    await settle();

    const [made] = dynamics.tasks();
    expect(dynamics.tasks()).toHaveLength(1);
    expect(made).toMatchObject({ subject: 'Call back', dueAt: '2026-11-25T12:00:00Z', status: 7 });
    expect(made?.regardingId).toBe(leads()[0]?.id);
    expect(ends('webhook/task')).toEqual(['DONE']);
  });

  it('is due in five days when nothing is said, and on the day that is named', async () => {
    const { ask, settle, dynamics } = await withLead();

    await ask({ ...task, arguments: { subject: 'Five' } });
    await settle();
    await ask({ ...task, requestId: 'webhook/2', arguments: { subject: 'Named', due: '2027-03-31' } });
    await settle();

    expect(dynamics.tasks().map(({ dueAt }) => dueAt)).toEqual([
      '2026-11-27T12:00:00Z',
      '2027-03-31T12:00:00Z',
    ]);
  });

  it('is made once when the answer is lost and the owner dies', async () => {
    const { ask, settle, dynamics, restart, wakeUp, ends } = await withLead();
    dynamics.hooks.afterRequest = () => {
      throw new SyncError('DYNAMICS_UNREACHABLE', {});
    };
    await ask(task);
    await settle();
    expect(dynamics.tasks()).toHaveLength(1);
    expect(ends('webhook/task')).toEqual([]);

    delete dynamics.hooks.afterRequest;
    restart();
    await wakeUp();
    await settle();

    expect(dynamics.tasks()).toHaveLength(1);
    expect(ends('webhook/task')).toEqual(['DONE']);
  });

  it.each([
    ['nobody', undefined, 'OWNER_UNKNOWN'],
    [undefined, 'Parked', 'TASK_STATUS_UNKNOWN'],
  ])('is not made for owner %s and status %s', async (owner, status, code) => {
    const { ask, settle, dynamics, log } = await withLead();
    const given = { ...(owner && { owner }), ...(status && { status }) };

    await ask({ ...task, arguments: { subject: 'Call back', ...given } });
    await settle();

    expect(dynamics.tasks()).toEqual([]);
    expect(eventsOf<MarketerRequest>(log, topics.requests, '7').at(-1)).toMatchObject({
      state: 'FAILED',
      code,
    });
  });
});

describe('another owner that is asked for', () => {
  const owner: Partial<MarketerRequest> = {
    ...{ requestId: 'webhook/owner', kind: 'CHANGE_OWNER' },
    arguments: { owner: 'olga@crm.example' },
  };
  const olga = '5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1c21';
  const withOwner = async () => {
    const setting = await withLead();
    const fields = { firstname: 'Olga', lastname: 'Owner', internalemailaddress: 'olga@crm.example' };
    setting.dynamics.seed('systemuser', [{ id: olga, fields }]);

    return { ...setting, ownerOf: () => setting.leads()[0]?.fields['ownerid'] };
  };

  it('owns the row from then on, and is not asked for twice', async () => {
    const { ask, settle, ownerOf, leads, ends } = await withOwner();

    await ask(owner);
    await settle();
    const { version } = leads()[0] ?? {};
    await ask({ ...owner, requestId: 'webhook/2' });
    await settle();

    expect(ownerOf()).toMatchObject({ id: olga });
    expect(leads()[0]?.version).toBe(version);
    expect([ends('webhook/owner'), ends('webhook/2')]).toEqual([['DONE'], ['DONE']]);
  });

  it('is set on the row as it is now when somebody edits it in that moment', async () => {
    const { ask, settle, ownerOf, leads, dynamics } = await withOwner();
    dynamics.hooks.beforeUpdate = ({ id }) => {
      delete dynamics.hooks.beforeUpdate;
      dynamics.edit('lead', id, { jobtitle: 'Pilot' });
    };

    await ask(owner);
    await settle();

    expect(ownerOf()).toMatchObject({ id: olga });
    expect(leads()[0]?.fields['jobtitle']).toBe('Pilot');
  });
});

describe('a campaign that is asked for', () => {
  const campaignId = '3a4f0e4c-0a4e-4f54-9a53-3a6b8a7a1c21';
  const add: Partial<MarketerRequest> = {
    ...{ requestId: 'webhook/add', kind: 'ADD_TO_CAMPAIGN' },
    arguments: { campaign: 'Spring' },
  };
  const withCampaign = async () => {
    const setting = await withLead();
    setting.dynamics.seedCampaign(campaignId, 'Spring');

    return setting;
  };

  it('gets the lead on its list, and gives it up', async () => {
    const { ask, settle, dynamics, leads, ends } = await withCampaign();
    await ask(add);
    await settle();
    const listName = `Mkto-leads-${campaignId}`;
    expect(dynamics.members(campaignId)).toEqual([{ listName, memberId: leads()[0]?.id }]);

    await ask({ ...add, requestId: 'webhook/remove', kind: 'REMOVE_FROM_CAMPAIGN' });
    await settle();

    expect(dynamics.members(campaignId)).toEqual([]);
    expect([ends('webhook/add'), ends('webhook/remove')]).toEqual([['DONE'], ['DONE']]);
  });

  it('that nobody knows, or that is there twice, changes nothing', async () => {
    const { ask, settle, dynamics, log } = await withCampaign();
    dynamics.seedCampaign('another', 'spring');

    await ask({ ...add, arguments: { campaign: 'Autumn' } });
    await settle();
    await ask({ ...add, requestId: 'webhook/2' });
    await settle();

    const events = eventsOf<MarketerRequest>(log, topics.requests, '7');
    const codes = events.filter(({ state }) => state === 'FAILED').map(({ code }) => code);
    expect(codes).toEqual(['CAMPAIGN_UNKNOWN', 'DYNAMICS_AMBIGUOUS']);
    expect(dynamics.members(campaignId)).toEqual([]);
  });
});

describe('a request on its topic', () => {
  it('becomes a linked row of Dynamics, and its states go out on the topic', async () => {
    const { ask, settle, states, leads, stores } = await withPerson();

    await ask();
    await settle();

    const [lead] = leads();
    const linked = await stores.links.resolve([`dynamics/lead/${lead?.id}`, 'marketo/person/7']);
    expect(leads()).toMatchObject([{ fields: { firstname: 'Ann', emailaddress1: 'ann@example.com' } }]);
    expect(new Set(linked.values()).size).toBe(1);
    expect(linked.size).toBe(2);
    expect(states()).toEqual(['QUEUED', 'SENT', 'DONE']);
  });

  it('makes one row, however often it is published and decided', async () => {
    const { ask, settle, leads, states } = await withPerson();

    await ask();
    await ask();
    await settle();
    await ask();
    await settle();

    expect(leads()).toHaveLength(1);
    expect(states().filter((state) => state === 'DONE')).toHaveLength(1);
  });

  it('is linked before the row is written', async () => {
    const { ask, settle, dynamics, stores } = await withPerson();
    const linked: number[] = [];
    dynamics.hooks.beforeCall = async () => {
      const owned = await stores.links.resolve(['marketo/person/7']);
      const [goldenId = ''] = owned.values();
      const [entry] = (await stores.golden.load([goldenId])).get(goldenId)?.outbox ?? [];
      const rowId = entry?.kind === 'dynamics-write' ? entry.rowId : '';
      linked.push((await stores.links.resolve([`dynamics/lead/${rowId}`])).size);
    };

    await ask();
    await settle();

    expect(linked).toEqual([1]);
  });

  it.each(['commit', 'committed'] as const)(
    'makes one row when the owner dies at the %s, and tells the states all the same',
    async (point) => {
      const { ask, settle, faults, restart, deliver, wakeUp, leads, states } = await withPerson();
      await ask();
      faults.at = point;
      await deliver().catch(() => undefined);
      restart();
      await wakeUp();

      await settle();

      expect(leads()).toHaveLength(1);
      expect(new Set(states())).toEqual(new Set(['QUEUED', 'SENT', 'DONE']));
    },
  );

  it('waits for a person that nobody has read, and finds it in the record that made it', async () => {
    const { ask, deliver, settle, wakeUp, stores, leads, states, log } = await createSetting();
    await ask();
    await deliver();
    await stores.links.link(new Map([['marketo/person/7', 'golden-of-ours']]));
    const event = exampleEvent({
      ...{ recordId: '7', version: null, page: { epoch: 1, number: 1 }, fields: { lastName: 'Example' } },
    });
    await put(log, { topic: topics.marketingChanges('lead'), key: '7', value: event });
    await wakeUp();
    await settle();
    await settle();

    expect(leads()).toHaveLength(1);
    expect(states().at(-1)).toBe('DONE');
    expect((await stores.links.resolve([`dynamics/lead/${leads()[0]?.id}`])).values().next().value).toBe(
      'golden-of-ours',
    );
  });
});
