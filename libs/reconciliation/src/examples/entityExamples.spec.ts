import { accountFields, accountId, createEntityStory, ownerId } from './exampleEntities.ts';
import { nativePolicy } from '../policy.ts';

const unanswered = { personId: null, accepted: null, answered: null };

/** An account that Marketo has. */
function createKnown(...parents: string[]) {
  const story = createEntityStory();
  for (const parent of parents) story.state.parents.set(parent, parent);
  const first = story.row(1, accountFields);
  story.answer(first, { result: 'CREATED' });
  return { story, first };
}

describe('an account', () => {
  it('becomes a company with every field, before both sides have been read', () => {
    const { row, state } = createEntityStory();
    state.parents.set(ownerId, ownerId);

    const { commands, goldenEvent } = row(1, accountFields);

    expect(commands).toMatchObject([{ entity: 'company', operation: 'UPSERT', revision: { number: 1 } }]);
    expect(commands[0]?.fields).toEqual({
      externalCompanyId: accountId,
      company: 'Example Ltd',
      industry: 'Accounting',
      annualRevenue: 1200.5,
      externalSalesPersonId: ownerId,
    });
    expect(goldenEvent).toMatchObject({
      kind: null,
      fields: { company: 'Example Ltd', annualRevenue: '1200.5' },
    });
  });

  it('sends only what differs once Marketo has it, a cleared value as null', () => {
    const { story } = createKnown(ownerId);

    const { commands } = story.row(2, { ...accountFields, name: 'Example plc', industrycode: null });

    expect(commands.map(({ fields }) => fields)).toEqual([
      { externalCompanyId: accountId, company: 'Example plc', industry: null },
    ]);
  });

  it('does nothing about a version that is not newer, and concludes nothing from what was not read', () => {
    const { story } = createKnown(ownerId);
    story.row(3, { name: 'Example plc' });

    expect(story.row(2, { name: 'Example Ltd' })).toMatchObject({ nothing: 'stale', commands: [] });
    expect(story.state.record?.fields).toMatchObject({
      company: { value: 'Example plc' },
      industry: { value: 'Accounting' },
    });
  });

  it('that says No is kept out of Marketo, and goes there once it says Yes', () => {
    const { row } = createEntityStory();

    expect(row(1, { ...accountFields, new_synctomkto: false }).commands).toEqual([]);
    expect(row(2, { ...accountFields, new_synctomkto: true }).commands).toMatchObject([
      { operation: 'UPSERT', fields: { company: 'Example Ltd' } },
    ]);
  });

  it('that the filter of its table keeps out goes to Marketo once the filter holds', () => {
    const account = { name: 'new_region', test: { operator: 'is', operand: ['EMEA'] } } as const;
    const { row } = createEntityStory('account', undefined, {
      ...nativePolicy,
      filters: { byTable: { account } },
    });

    expect(row(1, { ...accountFields, new_region: 'APAC' }).commands).toEqual([]);
    expect(row(2, { ...accountFields, new_region: 'EMEA' }).commands).toMatchObject([
      { operation: 'UPSERT', fields: { company: 'Example Ltd' } },
    ]);
  });

  const onlyNamed = { ...nativePolicy, filters: { byTable: {}, onlyNamed: ['account'] } };

  it('that nobody in Marketo has stays out, where the rules say so, until somebody has it', () => {
    const { row, wish, state } = createEntityStory('account', undefined, onlyNamed);
    expect(row(1, accountFields).commands).toEqual([]);
    expect(state.record?.rows[0]?.outSince).toBe('2026-11-22T10:00:00Z');

    expect(wish('named').commands).toMatchObject([
      { operation: 'UPSERT', fields: { company: 'Example Ltd' } },
    ]);
    expect(wish('named')).toMatchObject({ nothing: 'stale', dirty: false, commands: [] });
    expect(state.record?.rows[0]).not.toHaveProperty('outSince');
  });

  it('that was named still stays out by its own filter', () => {
    const account = { name: 'new_region', test: { operator: 'is', operand: ['EMEA'] } } as const;
    const filters = { ...onlyNamed.filters, byTable: { account } };
    const { row, wish } = createEntityStory('account', undefined, { ...onlyNamed, filters });
    row(1, { ...accountFields, new_region: 'APAC' });

    expect(wish('named').commands).toEqual([]);
    expect(row(2, { ...accountFields, new_region: 'EMEA' }).commands).toHaveLength(1);
  });

  it('that Marketo had before the rules said so goes on', () => {
    const story = createEntityStory();
    story.answer(story.row(1, { ...accountFields, ownerid: null }), {});
    const later = createEntityStory('account', undefined, onlyNamed);
    later.state.record = story.state.record;

    const { commands } = later.row(2, { ...accountFields, ownerid: null, name: 'Later' });

    expect(commands).toMatchObject([{ operation: 'UPSERT', fields: { company: 'Later' } }]);
  });

  it('of which nothing is known is not named', () => {
    const { wish, state } = createEntityStory('account', undefined, onlyNamed);

    expect(wish('named')).toMatchObject({ nothing: 'stale', dirty: false });
    expect(state.record?.entity).toBeUndefined();
  });

  it('that flips to No stays in Marketo as it is, and catches up when it flips back', () => {
    const { story } = createKnown(ownerId);

    expect(story.row(2, { ...accountFields, name: 'A', new_synctomkto: false }).commands).toEqual([]);
    expect(story.row(3, { ...accountFields, name: 'B', new_synctomkto: null }).commands).toMatchObject([
      { fields: { company: 'B' } },
    ]);
  });

  it('that is deleted stays in Marketo, is told of, and is not written until a later page shows it', () => {
    const { story } = createKnown(ownerId);

    const { commands, goldenEvent } = story.deleted(5);

    expect(commands).toEqual([]);
    expect(goldenEvent?.rows).toMatchObject([{ id: accountId, deleted: true }, { id: '17' }]);
    expect(story.row(4, { name: 'Old page' })).toMatchObject({ nothing: 'stale', commands: [] });
    expect(story.row(6, { name: 'Restored' }).commands).toMatchObject([{ fields: { company: 'Restored' } }]);
  });

  it('has one command open at a time, and sends what changed meanwhile after its answer', () => {
    const { row, answer, state } = createEntityStory();
    state.parents.set(ownerId, ownerId);
    const first = row(1, accountFields);

    expect(row(2, { ...accountFields, name: 'Example plc' }).commands).toEqual([]);
    expect(answer(first, { result: 'CREATED' }).commands).toMatchObject([
      { operation: 'UPSERT', fields: { externalCompanyId: accountId, company: 'Example plc' } },
    ]);
  });
});

describe('an answer of Marketo about a company', () => {
  it('that was lost is settled by a read of every field, and what differs is sent again', () => {
    const { row, answer, wakeUp, state } = createEntityStory();
    state.parents.set(ownerId, ownerId);
    answer(row(1, accountFields), { ...unanswered, result: 'UNKNOWN', retryAt: '2026-11-22T10:01:35Z' });
    expect(wakeUp(90_000).commands).toEqual([]);

    const read = wakeUp(5_000);
    const held = {
      company: 'Example Ltd',
      industry: null,
      annualRevenue: 1200.5,
      externalSalesPersonId: ownerId,
    };
    const settled = answer(read, { result: 'READ', accepted: null, state: held });

    expect(read.commands).toMatchObject([{ operation: 'READ', entity: 'company' }]);
    expect(Object.keys(read.commands[0]?.fields ?? {})).toEqual(
      expect.arrayContaining(['externalCompanyId', 'company', 'website']),
    );
    expect(settled.commands.map(({ fields }) => fields)).toEqual([
      { externalCompanyId: accountId, industry: 'Accounting' },
    ]);
  });

  it('that it is not there after a lost answer lets the whole account be sent again', () => {
    const { row, answer, wakeUp } = createEntityStory();
    answer(row(1, accountFields), { ...unanswered, result: 'UNKNOWN', retryAt: '2026-11-22T10:01:35Z' });

    const { commands } = answer(wakeUp(95_000), { ...unanswered, result: 'NOT_FOUND' });

    expect(commands).toMatchObject([{ operation: 'UPSERT', fields: { company: 'Example Ltd' } }]);
  });

  it('that it was made anew brings what that command did not carry', () => {
    const { story } = createKnown(ownerId);
    const edit = story.row(2, { ...accountFields, name: 'Example plc' });

    const { commands } = story.answer(edit, { result: 'CREATED', personId: '18' });

    expect(commands.map(({ fields }) => fields)).toEqual([
      {
        externalCompanyId: accountId,
        industry: 'Accounting',
        annualRevenue: 1200.5,
        externalSalesPersonId: ownerId,
      },
    ]);
    expect(story.state.record?.rows).toMatchObject([{ system: 'dynamics' }, { table: 'company', id: '18' }]);
  });

  it('that never comes makes the record send again with a higher revision', () => {
    const { row, wakeUp } = createEntityStory();
    row(1, accountFields);

    expect(wakeUp(120_000).commands).toMatchObject([{ operation: 'UPSERT', revision: { number: 2 } }]);
  });

  it('that refuses a field parks it alone until its value changes', () => {
    const { story } = createKnown(ownerId);
    const edit = story.row(2, { ...accountFields, name: 'A', sic: 'too long' });
    const answered = { accepted: { company: 'A' }, field: 'sicCode', code: '1077' };

    expect(story.answer(edit, { result: 'UPDATED', ...answered }).commands).toEqual([]);
    expect(story.row(3, { name: 'B', sic: 'too long' }).commands[0]?.fields).not.toHaveProperty('sicCode');
  });

  it('that refuses it altogether makes it wait alone for an hour, or for an edit', () => {
    const { row, answer, wakeUp, state } = createEntityStory();
    answer(row(1, accountFields), { ...unanswered, result: 'REFUSED', code: '1003' });

    expect(state.record?.waiting).toMatchObject({ cause: 'refused', code: '1003' });
    expect(wakeUp(3_599_000).commands).toEqual([]);
    expect(wakeUp(1_000).commands).toMatchObject([{ operation: 'UPSERT' }]);
  });
});

describe('the owner of an account', () => {
  it('who is not in Marketo yet holds up that relation only, which is looked at less and less often', () => {
    const { story, first } = createKnown();
    const dueInMs = () => (story.state.record?.dueAtMs ?? 0) - story.state.nowMs;

    expect(first.commands[0]?.fields).not.toHaveProperty('externalSalesPersonId');
    expect(dueInMs()).toBe(15_000);
    expect(story.wakeUp(15_000).commands).toEqual([]);
    expect(dueInMs()).toBe(30_000);
    story.state.parents.set(ownerId, ownerId);
    expect(story.wakeUp(30_000).commands.map(({ fields }) => fields)).toEqual([
      { externalCompanyId: accountId, externalSalesPersonId: ownerId },
    ]);
  });

  it('waits for nothing more once the relation is made', () => {
    const { story } = createKnown();
    story.state.parents.set(ownerId, ownerId);

    story.answer(story.wakeUp(15_000), { result: 'UPDATED' });

    expect(story.state.record).toMatchObject({ dueAtMs: null });
    expect(story.state.record).not.toHaveProperty('held');
  });

  it('whom Marketo lacks although it had him is left out, and tried again later with a higher revision', () => {
    const { row, answer, wakeUp, state } = createEntityStory();
    state.parents.set(ownerId, ownerId);
    const missing = { ...unanswered, result: 'RETRY', code: 'MARKETO_PARENT_MISSING' } as const;

    const again = answer(row(1, accountFields), missing);
    answer(again, { result: 'CREATED' });

    expect(again.commands[0]?.fields).toMatchObject({ company: 'Example Ltd' });
    expect(again.commands[0]?.fields).not.toHaveProperty('externalSalesPersonId');
    const [late] = wakeUp(15_000).commands;
    expect(late).toMatchObject({ fields: { externalSalesPersonId: ownerId } });
  });

  it('may be a team; what is owned by something else has no owner', () => {
    const { row, state } = createEntityStory();
    state.parents.set(ownerId, ownerId);
    const owned = (table: string) => ({ ...accountFields, ownerid: { id: ownerId, table } });

    expect(row(1, owned('team')).commands[0]?.fields).toHaveProperty('externalSalesPersonId', ownerId);
    const other = createEntityStory();
    other.state.parents.set(ownerId, ownerId);
    expect(other.row(1, owned('queue')).commands[0]?.fields).not.toHaveProperty('externalSalesPersonId');
  });
});

describe.each([
  ['user', 'systemuser', { internalemailaddress: 'ann@example.com', lastname: 'Example' }],
  ['team', 'team', { emailaddress: 'ann@example.com', name: 'Example' }],
])('a %s', (_entity, table, fields) => {
  it('becomes a salesperson, and its address matches no person', () => {
    const { row } = createEntityStory(table);

    const { commands, claimsAdded } = row(1, fields);

    expect(commands).toMatchObject([{ entity: 'salesperson', operation: 'UPSERT' }]);
    expect(commands[0]?.fields).toEqual({
      externalSalesPersonId: accountId,
      email: 'ann@example.com',
      lastName: 'Example',
    });
    expect(claimsAdded).toEqual([]);
  });
});

describe('an opportunity', () => {
  const fields = {
    name: '40 engines',
    statecode: { value: 0, label: 'Open' },
    closeprobability: 60,
    actualclosedate: '2026-12-24',
    estimatedvalue: '1200.5',
    customerid: { id: ownerId, table: 'account' },
  };
  const inUse = { ...unanswered, result: 'RETRY', code: 'MARKETO_IN_USE' } as const;

  it('becomes one of its company in Marketo', () => {
    const { row, state } = createEntityStory('opportunity');
    state.parents.set(`${ownerId}/companyId`, ownerId);

    const { commands } = row(1, fields);

    expect(commands).toMatchObject([{ entity: 'opportunity', operation: 'UPSERT' }]);
    expect(commands[0]?.fields).toEqual({
      externalOpportunityId: accountId,
      name: '40 engines',
      stage: 'Open',
      probability: 60,
      closeDate: '2026-12-24',
      amount: 1200.5,
      externalCompanyId: ownerId,
    });
  });

  it('of a contact has the company of that contact, and none while the contact has none', () => {
    const { row, answer, wakeUp, state } = createEntityStory('opportunity');
    const first = row(1, { ...fields, customerid: { id: 'contact-1', table: 'contact' } });
    expect(first.commands[0]?.fields).not.toHaveProperty('externalCompanyId');
    answer(first, { result: 'CREATED' });

    state.parents.set('contact-1/companyId', 'account-1');

    expect(wakeUp(15_000).commands.map(({ fields: sent }) => sent)).toEqual([
      { externalOpportunityId: accountId, externalCompanyId: 'account-1' },
    ]);
  });

  it('that is deleted is deleted in Marketo, and comes back whole when a later page shows it', () => {
    const { row, deleted, answer, state } = createEntityStory('opportunity');
    answer(row(1, fields), { result: 'CREATED' });

    const gone = deleted(2);
    answer(gone, { ...unanswered, result: 'DELETED' });

    expect(gone.commands).toMatchObject([
      { operation: 'DELETE', fields: { externalOpportunityId: accountId } },
    ]);
    expect(state.record?.rows).toMatchObject([{ system: 'dynamics' }]);
    expect(row(3, fields).commands[0]?.fields).toMatchObject({ name: '40 engines', probability: 60 });
  });

  it('that is deleted while it is being made is deleted after the answer', () => {
    const { row, deleted, answer } = createEntityStory('opportunity');
    const first = row(1, fields);

    expect(deleted(2).commands).toEqual([]);
    expect(answer(first, { result: 'CREATED' }).commands).toMatchObject([{ operation: 'DELETE' }]);
  });

  it('that others name when it is deleted stays for now, and is tried again less and less often', () => {
    const { row, deleted, answer, wakeUp, state } = createEntityStory('opportunity');
    const dueInMs = () => (state.record?.dueAtMs ?? 0) - state.nowMs;
    answer(row(1, fields), { result: 'CREATED' });

    expect(answer(deleted(2), inUse).commands).toEqual([]);
    expect(dueInMs()).toBe(15_000);
    const again = wakeUp(15_000);
    expect(again.commands).toMatchObject([{ operation: 'DELETE' }]);
    answer(again, inUse);
    expect(dueInMs()).toBeGreaterThanOrEqual(30_000);
    answer(wakeUp(60_000), { ...unanswered, result: 'DELETED' });
    expect(state.record?.dueAtMs).toBe(null);
  });

  it('whose deletion may have happened is read, and deleted again when it is there', () => {
    const { row, deleted, answer, wakeUp } = createEntityStory('opportunity');
    answer(row(1, fields), { result: 'CREATED' });
    answer(deleted(2), { ...unanswered, result: 'UNKNOWN', retryAt: '2026-11-22T10:01:35Z' });

    const read = wakeUp(95_000);

    expect(read.commands).toMatchObject([{ operation: 'READ' }]);
    const still = { accepted: null, state: { name: '40 engines' } };
    expect(answer(read, { result: 'READ', ...still }).commands).toMatchObject([{ operation: 'DELETE' }]);
  });
});

describe('a stakeholder of an opportunity', () => {
  const [opportunityId, contactId, roleId] = ['opportunity-1', 'contact-1', 'role-1'];
  const connection = {
    record1id: { id: opportunityId, table: 'opportunity' },
    record2id: { id: contactId, table: 'contact' },
    record2roleid: { id: roleId, table: 'connectionrole' },
  };
  const key = { externalOpportunityId: opportunityId, leadId: 7, role: 'Buyer' };

  function createRole(...names: [string, string | number][]) {
    const story = createEntityStory('connection');
    for (const [id, name] of names) story.state.parents.set(id, name);
    return story;
  }
  const all: [string, string | number][] = [
    [opportunityId, opportunityId],
    [contactId, 7],
    [roleId, 'Buyer'],
  ];

  it('has a role by the number of the person and the name of the role', () => {
    const { commands } = createRole(...all).row(1, connection);

    expect(commands).toMatchObject([{ entity: 'role', operation: 'UPSERT', fields: key }]);
  });

  it('without a role of the connection is a stakeholder', () => {
    const { commands } = createRole(...all).row(1, { ...connection, record2roleid: null });

    expect(commands[0]?.fields).toEqual({ ...key, role: 'Stakeholder' });
  });

  it('waits until the opportunity and the person are there', () => {
    const { row, state, wakeUp } = createRole([roleId, 'Buyer']);
    expect(row(1, connection).commands).toEqual([]);
    state.parents.set(opportunityId, opportunityId);
    expect(wakeUp(15_000).commands).toEqual([]);
    state.parents.set(contactId, 7);

    expect(wakeUp(30_000).commands).toMatchObject([{ operation: 'UPSERT', fields: key }]);
  });

  it('whose role changes loses the former one and gets the new one', () => {
    const { row, answer, state } = createRole(...all);
    answer(row(1, connection), { result: 'CREATED', personId: 'guid-1' });
    state.parents.set('role-2', 'Coach');

    const former = row(2, { ...connection, record2roleid: { id: 'role-2', table: 'connectionrole' } });
    const next = answer(former, { ...unanswered, result: 'DELETED' });

    expect(former.commands).toMatchObject([{ operation: 'DELETE', fields: key }]);
    expect(next.commands).toMatchObject([{ operation: 'UPSERT', fields: { ...key, role: 'Coach' } }]);
  });

  it('is gone with its connection, by the key that Marketo has', () => {
    const { row, answer, deleted, state } = createRole(...all);
    answer(row(1, connection), { result: 'CREATED', personId: 'guid-1' });
    state.parents.clear();

    expect(deleted(2).commands).toMatchObject([{ operation: 'DELETE', fields: key }]);
  });

  it('is no other connection, nor the half of it that begins at the person', () => {
    const { row } = createRole(...all);
    const half = { ...connection, record1id: connection.record2id, record2id: connection.record1id };

    const { commands, record } = row(1, half);

    expect(commands).toEqual([]);
    expect(record.dueAtMs).toBe(null);
  });
});

it('the role of a connection is known by its name, and goes nowhere', () => {
  const { commands, goldenEvent } = createEntityStory('connectionrole').row(1, { name: 'Buyer' });

  expect(commands).toEqual([]);
  expect(goldenEvent).toMatchObject({ fields: { name: 'Buyer' } });
});
