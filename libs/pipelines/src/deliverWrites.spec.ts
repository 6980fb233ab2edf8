import { isAfter, SyncError, topics, type Sequence } from '@lockstep/change-events';
import type { inMemoryEventLog } from '@lockstep/ports';
import { createDeliverSetting, fail, group, revision, update } from './deliver/deliverSetting.ts';
import { deliverAll, exampleCommand, exampleId, put } from './pipelineFixtures.ts';

/** Commands of golden ids that share a partition, so that they travel in one batch. */
function neighbours(log: ReturnType<typeof inMemoryEventLog>): Promise<string[]> {
  const ids = Array.from({ length: 40 }, (_, n) => exampleId(n + 100));
  return put(log, ...ids.map((key) => ({ topic: topics.outcomes, key, value: null }))).then(() =>
    log.messages(topics.outcomes).flatMap(({ key, partition }) => (partition === 0 ? [key] : [])),
  );
}

describe('creating a person', () => {
  it('creates by our key only when neither the key nor the address is found', async () => {
    const { send, sent, marketo, lastOutcome } = createDeliverSetting();
    marketo.seed([{ email: 'other@example.com' }]);

    await send(exampleCommand({ email: 'ann@example.com', fields: { lastName: 'Example' } }));

    expect(sent).toMatchObject([{ action: 'createOrUpdate', lookupField: 'lockstepId' }]);
    expect(marketo.persons()[1]?.fields).toMatchObject({ lastName: 'Example', lockstepId: exampleId(1) });
    expect(lastOutcome()).toMatchObject({
      result: 'CREATED',
      personId: '2',
      accepted: { lastName: 'Example', lockstepId: exampleId(1) },
    });
  });

  it('hands back a person that carries our key, and overwrites nothing', async () => {
    const { send, sent, marketo, lastOutcome } = createDeliverSetting();
    marketo.seed([{ lockstepId: exampleId(1), lastName: 'Theirs', email: 'old@example.com' }]);

    await send(exampleCommand({ email: 'ann@example.com' }));

    expect(sent).toEqual([]);
    expect(lastOutcome()).toMatchObject({ result: 'FOUND', personId: '1', state: { lastName: 'Theirs' } });
  });

  it('hands back the one person with the address, in whatever case, and overwrites nothing', async () => {
    const { send, sent, marketo, lastOutcome } = createDeliverSetting();
    marketo.seed([{ email: 'Ann@Example.com', lastName: 'Theirs' }]);

    await send(exampleCommand({ email: 'ann@example.com' }));

    expect(sent).toEqual([]);
    expect(lastOutcome()).toMatchObject({ result: 'FOUND', personId: '1', state: { lastName: 'Theirs' } });
  });

  it('does not look at addresses when matching by email is off', async () => {
    const { send, marketo, lastOutcome } = createDeliverSetting();
    marketo.seed([{ email: 'ann@example.com' }]);

    await send(exampleCommand({ email: 'ann@example.com', matchByEmail: false }));

    expect(lastOutcome()).toMatchObject({ result: 'CREATED', personId: '2' });
  });

  it.each([
    ['two persons have the address', [{ email: 'ann@example.com' }, { email: 'ANN@example.com' }]],
    ['the person belongs to another record', [{ email: 'ann@example.com', lockstepId: exampleId(2) }]],
  ])('creates nobody when %s', async (_why, persons) => {
    const { send, sent, marketo, lastOutcome } = createDeliverSetting();
    marketo.seed(persons);

    await send(exampleCommand({ email: 'ann@example.com' }));

    expect(sent).toEqual([]);
    expect(lastOutcome()).toMatchObject({ result: 'AMBIGUOUS', code: 'MARKETO_AMBIGUOUS' });
  });
});

describe('an address that too many persons share', () => {
  // The search is refused as a whole; for ever, if nobody looks for the one address that is to blame.
  it('is ambiguous for its own record and delays no other', async () => {
    const crowded = 'info@example.com';
    const { send, log, sent, lastOutcome } = createDeliverSetting({ crowded });
    const [first = '', second = '', third = ''] = await neighbours(log);

    await send(
      exampleCommand({ goldenId: first, email: 'ann@example.com' }),
      exampleCommand({ goldenId: second, email: crowded }),
      exampleCommand({ goldenId: third, email: 'bea@example.com' }),
    );

    expect(lastOutcome(first)).toMatchObject({ result: 'CREATED' });
    expect(lastOutcome(second)).toMatchObject({ result: 'AMBIGUOUS', code: 'MARKETO_AMBIGUOUS' });
    expect(lastOutcome(third)).toMatchObject({ result: 'CREATED' });
    expect(sent.flatMap(({ input }) => input)).toHaveLength(2);
  });
});

describe('updating a person', () => {
  it('writes to the person of that id only', async () => {
    const { send, sent, marketo, lastOutcome } = createDeliverSetting();
    marketo.seed([{ city: 'Ulm' }, { city: 'Ulm' }]);

    await send(update('2', { city: 'Bonn' }));

    expect(sent).toMatchObject([{ action: 'updateOnly', lookupField: 'id' }]);
    expect(marketo.persons().map(({ fields }) => fields['city'])).toEqual(['Ulm', 'Bonn']);
    expect(lastOutcome()).toMatchObject({ result: 'UPDATED', personId: '2', accepted: { city: 'Bonn' } });
  });

  it('never creates a person who is not found', async () => {
    const { send, marketo, lastOutcome } = createDeliverSetting();

    await send(update('9', { city: 'Bonn' }));

    expect(marketo.persons()).toEqual([]);
    expect(lastOutcome()).toMatchObject({ result: 'NOT_FOUND', personId: '9' });
  });

  it('numbers a write before it is sent, and again when its answer is there', async () => {
    const { send, marketo, numbers, lastOutcome } = createDeliverSetting();
    marketo.seed([{}]);
    const during: Sequence[] = [];
    marketo.hooks.beforeUpsert = () => void during.push(numbers.next());

    await send(update('1', { city: 'Bonn' }));

    const { sent, answered } = lastOutcome() ?? {};
    expect(isAfter(during[0], sent)).toBe(true);
    expect(isAfter(answered, during[0])).toBe(true);
  });

  it('refuses only the one record that Marketo refuses', async () => {
    const { send, marketo, log, lastOutcome } = createDeliverSetting();
    const [first = '', second = ''] = await neighbours(log);
    marketo.seed([{}, {}]);

    await send(
      update('1', { email: 'not an address' }, { goldenId: first }),
      update('2', { city: 'Bonn' }, { goldenId: second }),
    );

    expect(lastOutcome(first)).toMatchObject({ result: 'REFUSED', code: '1003', field: 'email' });
    expect(lastOutcome(second)).toMatchObject({ result: 'UPDATED' });
  });

  it.each([
    ['an update', update('1', { email: 'no address', city: 'Bonn' }), 'UPDATED'],
    ['a creation', exampleCommand({ fields: { email: 'no address', city: 'Bonn' } }), 'CREATED'],
  ])('sends %s that is refused for one field once more without it, and names the field', async (...args) => {
    const [, command, result] = args;
    const { send, sent, marketo, lastOutcome } = createDeliverSetting();
    marketo.seed([{}]);

    await send(command);

    expect(sent.map(({ input }) => Object.keys(input[0] ?? {}).includes('email'))).toEqual([true, false]);
    expect(marketo.persons().at(-1)?.fields).toMatchObject({ email: null, city: 'Bonn' });
    expect(lastOutcome()).toMatchObject({ result, code: '1003', field: 'email' });
    expect(lastOutcome()?.accepted).not.toHaveProperty('email');
  });

  it('cuts a call that is refused as a whole in halves, down to the record at fault', async () => {
    const { send, marketo, log, lastOutcome } = createDeliverSetting();
    const ids = (await neighbours(log)).slice(0, 4);
    marketo.seed([{}, {}, {}, {}]);
    marketo.hooks.beforeUpsert = ({ input }) => {
      if (input.some(({ city }) => city === 'poison')) fail('MARKETO_REFUSED')();
    };

    await send(
      ...ids.map((goldenId, n) => update(`${n + 1}`, { city: n === 2 ? 'poison' : 'Bonn' }, { goldenId })),
    );

    expect(ids.map((id) => lastOutcome(id)?.result)).toEqual(['UPDATED', 'UPDATED', 'REFUSED', 'UPDATED']);
    expect(marketo.persons().map(({ fields }) => fields['city'])).toEqual(['Bonn', 'Bonn', null, 'Bonn']);
  });

  // A whole batch that fails is sent again: what one half of it has already done must not be done twice.
  it('sends nothing twice when the second half of a refused call fails', async () => {
    const { send, marketo, log, lastOutcome } = createDeliverSetting();
    const ids = (await neighbours(log)).slice(0, 2);
    marketo.seed([{}, {}]);
    const calls: number[] = [];
    marketo.hooks.beforeUpsert = ({ input }) => {
      calls.push(input.length);
      if (calls.length === 1) fail('MARKETO_REFUSED')();
      if (calls.length === 3) fail('MARKETO_BUSY')();
    };

    await send(...ids.map((goldenId, n) => update(`${n + 1}`, { city: 'Bonn' }, { goldenId })));

    expect(calls).toEqual([2, 1, 1]);
    expect(ids.map((id) => lastOutcome(id))).toMatchObject([
      { result: 'UPDATED' },
      { result: 'RETRY', code: 'MARKETO_BUSY', retryAt: '2026-11-22T10:00:05Z' },
    ]);
  });

  it('sends full calls of at most 300 records', async () => {
    const { log } = createDeliverSetting();
    const ids = Array.from({ length: 2000 }, (_, n) => exampleId(n));
    await put(log, ...ids.map((key) => ({ topic: topics.writesBackfill, key, value: null })));
    const same = log.messages(topics.writesBackfill).filter(({ partition }) => partition === 0);
    const fresh = createDeliverSetting();
    const commands = same
      .slice(0, 301)
      .map(({ key }, n) => update(`${n}`, { city: 'Ulm' }, { goldenId: key }));

    await fresh.send(...commands);

    expect(fresh.sent.map(({ input }) => input.length)).toEqual([300, 1]);
  });
});

describe('one revision after the other', () => {
  it('sends only the highest revision of a batch and answers the others as superseded', async () => {
    const { send, sent, marketo, outcomes } = createDeliverSetting();
    marketo.seed([{}]);

    await send(
      update('1', { city: 'Ulm' }, { revision: revision(1) }),
      update('1', { city: 'Bonn' }, { revision: revision(3) }),
      update('1', { city: 'Kiel' }, { revision: revision(2) }),
    );

    expect(sent.flatMap(({ input }) => input)).toEqual([{ id: 1, city: 'Bonn' }]);
    const results = outcomes().map(({ revision: { number }, result }) => `${number} ${result}`);
    expect(results.sort()).toEqual(['1 SUPERSEDED', '2 SUPERSEDED', '3 UPDATED']);
  });

  it('supersedes an older revision that comes late in the other lane', async () => {
    const { send, marketo, lastOutcome } = createDeliverSetting();
    marketo.seed([{}]);
    await send(update('1', { city: 'Bonn' }, { revision: revision(2) }));

    await send(update('1', { city: 'Ulm' }, { revision: revision(1), lane: 'BACKFILL' }));
    expect(lastOutcome()).toMatchObject({ result: 'SUPERSEDED', revision: revision(1) });
    expect(marketo.persons()[0]?.fields['city']).toBe('Bonn');
  });

  // A process that died after the call and before the commit left its outcome unpublished: the record would wait for it.
  it('gives a command that comes again the answer it had, and sends nothing', async () => {
    const { send, marketo, lastOutcome } = createDeliverSetting();
    marketo.seed([{}]);
    const command = update('1', { city: 'Bonn' }, { revision: revision(2) });
    await send(command);
    const first = lastOutcome();
    marketo.edit('1', { city: 'Kiel' });

    await send(command);

    expect(lastOutcome()).toEqual(first);
    expect(marketo.persons()[0]?.fields['city']).toBe('Kiel');
  });

  it('tells a record that asks for its person whom it made, though that one is deleted by now', async () => {
    const { send, marketo, lastOutcome } = createDeliverSetting();
    await send(exampleCommand());
    const made = lastOutcome();
    marketo.remove('1');

    await send(exampleCommand({ operation: 'READ', fields: {}, revision: revision(2) }));

    expect(made).toMatchObject({ result: 'CREATED', personId: '1' });
    expect(lastOutcome()).toMatchObject({ result: 'CREATED', personId: '1', revision: revision(2) });
  });

  it('makes nobody a second time for a record that did not know yet whom it had, and tells it what became of that one', async () => {
    const { marketo, send, lastOutcome } = createDeliverSetting();
    await send(exampleCommand({ revision: revision(1) }));
    marketo.remove('1');

    await send(exampleCommand({ revision: revision(2), fields: { city: 'Kiel' } }));
    expect(lastOutcome()).toMatchObject({ revision: revision(2), result: 'NOT_FOUND', personId: '1' });

    await send(exampleCommand({ revision: revision(3), fields: { city: 'Kiel' } }));
    expect(lastOutcome()).toMatchObject({ revision: revision(3), result: 'CREATED', personId: '2' });
  });

  it('looks anew for a record whose former find belongs to another record by now', async () => {
    const { marketo, send, lastOutcome } = createDeliverSetting();
    marketo.seed([{ email: 'ada@example.com' }]);
    const asks = { matchByEmail: true, email: 'ada@example.com', fields: { email: 'ada@example.com' } };
    await send(exampleCommand({ ...asks, revision: revision(1) }));
    expect(lastOutcome()).toMatchObject({ result: 'FOUND', personId: '1' });
    marketo.edit('1', { lockstepId: exampleId(2), email: 'cy@example.com' });

    await send(exampleCommand({ ...asks, revision: revision(2) }));

    expect(lastOutcome()).toMatchObject({ revision: revision(2), result: 'CREATED', personId: '2' });
  });

  it('stores a revision before it sends it', async () => {
    const { send, marketo, deliveries } = createDeliverSetting();
    marketo.seed([{}]);
    const stored: unknown[] = [];
    marketo.hooks.beforeUpsert = async () =>
      void stored.push((await deliveries.load([exampleId(1)])).get(exampleId(1)));

    await send(update('1', { city: 'Bonn' }));

    expect(stored).toEqual([{ goldenId: exampleId(1), revision: revision(1), outcome: null }]);
  });

  it('sends nothing of a revision that a dead process had stored, and calls its outcome unknown', async () => {
    const { send, sent, deliveries, lastOutcome } = createDeliverSetting();
    await deliveries.save([{ goldenId: exampleId(1), revision: revision(1), outcome: null }]);

    await send(exampleCommand());

    expect(sent).toEqual([]);
    expect(lastOutcome()).toMatchObject({ result: 'UNKNOWN', code: 'MARKETO_OUTCOME_UNKNOWN' });
  });
});

describe('when a call fails', () => {
  it('calls the outcome unknown when the answer is lost, until Marketo can no longer commit it', async () => {
    const { send, marketo, clock, lastOutcome } = createDeliverSetting();
    marketo.seed([{}]);
    marketo.hooks.afterUpsert = fail('MARKETO_OUTCOME_UNKNOWN');

    await send(update('1', { city: 'Bonn' }));

    expect(lastOutcome()).toMatchObject({ result: 'UNKNOWN', accepted: null, sent: null });
    expect(Date.parse(lastOutcome()?.retryAt ?? '')).toBeGreaterThanOrEqual(clock.now() + 95_000);
  });

  it.each([
    ['by id, the write made', { personId: '1' }, { result: 'READ', state: { city: 'Ulm' } }],
    ['by our key before it has an id', { personId: null }, { result: 'READ', personId: '1' }],
    ['that is not there', { personId: '9' }, { result: 'NOT_FOUND', state: null }],
  ])('settles what is unknown by reading the person %s', async (_how, changes, answer) => {
    const { send, sent, marketo, lastOutcome } = createDeliverSetting();
    marketo.seed([{ lockstepId: exampleId(1), city: 'Ulm' }]);

    await send(exampleCommand({ operation: 'READ', fields: {}, ...changes }));

    expect(sent).toEqual([]);
    expect(lastOutcome()).toMatchObject(answer);
  });

  it('fails the batch when nothing was sent, and sends it with the next attempt', async () => {
    const { send, sent, marketo, log, outcomes, lastOutcome } = createDeliverSetting();
    marketo.seed([{}]);
    marketo.hooks.beforeUpsert = fail('MARKETO_BUSY');
    await expect(send(update('1', { city: 'Bonn' }))).rejects.toMatchObject({ code: 'MARKETO_BUSY' });
    expect(outcomes()).toEqual([]);

    marketo.hooks.beforeUpsert = (request) => void sent.push(request);
    await deliverAll(log, group);

    expect(sent).toHaveLength(1);
    expect(lastOutcome()).toMatchObject({ result: 'UPDATED' });
  });

  it('asks for a later attempt when only a later call of the batch was not sent', async () => {
    const { send, marketo, log, lastOutcome } = createDeliverSetting();
    const [first = '', second = ''] = await neighbours(log);
    marketo.seed([{}]);
    marketo.hooks.beforeUpsert = ({ action }) => {
      if (action === 'updateOnly') fail('MARKETO_BUSY')();
    };

    await send(
      exampleCommand({ goldenId: first }),
      update('1', { city: 'Bonn' }, { goldenId: second, revision: revision(4) }),
    );

    expect(lastOutcome(first)).toMatchObject({ result: 'CREATED' });
    expect(lastOutcome(second)).toMatchObject({
      result: 'RETRY',
      code: 'MARKETO_BUSY',
      retryAt: '2026-11-22T10:00:05Z',
    });
  });

  it('puts off until the day’s calls begin anew what of a batch was not sent when they were spent', async () => {
    const { send, marketo, log, lastOutcome } = createDeliverSetting();
    const [first = '', second = ''] = await neighbours(log);
    marketo.seed([{}]);
    marketo.hooks.beforeUpsert = ({ action }) => {
      if (action === 'updateOnly') throw new SyncError('MARKETO_QUOTA_SPENT', { retryAfterMs: 7_200_000 });
    };

    await send(
      exampleCommand({ goldenId: first }),
      update('1', { city: 'Bonn' }, { goldenId: second, revision: revision(4) }),
    );

    expect(lastOutcome(second)).toMatchObject({ result: 'RETRY', retryAt: '2026-11-22T12:00:00Z' });
  });

  it.each([exampleCommand(), update('1', { city: 'Bonn' }), exampleCommand({ operation: 'READ' })])(
    'calls nobody without the lease to $operation',
    async (command) => {
      const { send, marketo, lease, outcomes } = createDeliverSetting();
      const calls: string[] = [];
      marketo.hooks.beforeCall = (operation) => void calls.push(operation);
      lease.lose();

      await expect(send(command)).rejects.toMatchObject({ code: 'LEASE_LOST' });

      expect([calls, outcomes()]).toEqual([[], []]);
    },
  );

  it('writes nothing when the lease is lost while it looks for the person', async () => {
    const { send, sent, marketo, lease } = createDeliverSetting();
    marketo.hooks.beforeCall = () => lease.lose();

    await expect(send(exampleCommand({ matchByEmail: false }))).rejects.toMatchObject({ code: 'LEASE_LOST' });

    expect(sent).toEqual([]);
  });
});
