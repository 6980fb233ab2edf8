import type { DeliveryOutcome, DeliveryResult } from '@lockstep/change-events';
import { customEntity } from '../customEntity.ts';
import { accountFields, accountId, createEntityStory, ownerId } from './exampleEntities.ts';
import { nativePolicy } from '../policy.ts';

/** Worked examples of what Marketo answers about records beside persons. */

const unanswered = { personId: null, accepted: null, answered: null };
const missing = { ...unanswered, result: 'RETRY', code: 'MARKETO_PARENT_MISSING' } as const;
const inUse = { ...unanswered, result: 'RETRY', code: 'MARKETO_IN_USE' } as const;

/** An account that Marketo has, as those who are there already let it. */
function createKnown(...parents: string[]) {
  const story = createEntityStory();
  for (const parent of parents) story.state.parents.set(parent, parent);
  story.answer(story.row(1, accountFields), { result: 'CREATED' });
  const dueInMs = () => (story.state.record?.dueAtMs ?? NaN) - story.state.nowMs;

  return { ...story, dueInMs };
}

describe('an answer about a record beside persons', () => {
  it.each<DeliveryResult>(['FOUND', 'AMBIGUOUS', 'MERGED', 'SUPERSEDED'])(
    'that is said of persons only, or of what was overtaken, changes nothing (%s)',
    (result) => {
      const { row, answer } = createKnown(ownerId);
      const edit = row(2, { ...accountFields, name: 'Example plc' });

      expect(answer(edit, { result })).toMatchObject({ nothing: 'superseded', dirty: false, commands: [] });
    },
  );

  it.each<Partial<DeliveryOutcome>>([{ personId: null }, { accepted: null }, { answered: null }])(
    'that lacks a part (%j) tells of nothing that Marketo holds: it is told all again',
    (part) => {
      const { row, answer, state } = createEntityStory();

      const { commands } = answer(row(1, accountFields), { result: 'CREATED', ...part });

      expect(state.record?.rows).toMatchObject([{ system: 'dynamics' }]);
      expect(commands).toMatchObject([{ operation: 'UPSERT', fields: { company: 'Example Ltd' } }]);
    },
  );

  it('that Marketo is busy leaves the command open until its time, with every relation in it', () => {
    const { row, answer, wakeUp, state, dueInMs } = createKnown(ownerId);
    state.parents.set('owner-2', 'owner-2');
    const edit = row(2, { ...accountFields, ownerid: { id: 'owner-2', table: 'team' } });
    const busy = { ...unanswered, result: 'RETRY', code: '606', retryAt: '2026-11-22T10:00:20Z' } as const;

    expect(answer(edit, busy).commands).toEqual([]);
    expect(dueInMs()).toBe(20_000);
    expect(wakeUp(19_000).commands).toEqual([]);
    expect(wakeUp(1_000).commands).toMatchObject([{ fields: { externalSalesPersonId: 'owner-2' } }]);
  });

  it('that it was made, which comes after that to a later command, says nothing of what that changed', () => {
    const { row, answer, state } = createEntityStory();
    const first = row(1, { name: 'Anker' }, { lane: 'BACKFILL' });
    answer(row(2, { name: 'Birke' }), { result: 'CREATED', answered: { epoch: 1, number: 2 } });

    answer(first, { result: 'CREATED', answered: { epoch: 1, number: 1 } });

    expect(state.record?.rows[1]?.seen['company']).toMatchObject({ value: 'Birke' });
    expect(row(3, { name: 'Anker' }).commands).toMatchObject([{ fields: { company: 'Anker' } }]);
  });

  it('that comes again when its command is answered makes no relation wait', () => {
    const { row, answer } = createKnown(ownerId);
    const edit = row(2, { ...accountFields, name: 'Example plc' });
    answer(edit, { result: 'UPDATED' });

    expect(answer(edit, missing)).toMatchObject({ nothing: 'no-entry', dirty: false });
  });

  it('tells as of when Marketo holds what it holds, and an older one that comes later says nothing of that', () => {
    const { row, answer, state } = createKnown(ownerId);
    const pageOf = () => state.record?.rows.find(({ system }) => system === 'marketo')?.page;
    const [later, older] = [
      { epoch: 1, number: 9 },
      { epoch: 1, number: 7 },
    ];
    answer(row(2, { ...accountFields, name: 'Example plc' }), { result: 'UPDATED', answered: later });
    expect(pageOf()).toEqual(later);

    answer(row(3, { ...accountFields, name: 'Example Inc' }), { result: 'UPDATED', answered: older });
    expect(pageOf()).toEqual(later);
  });

  it('of a table that is not configured any more is kept under the name of that table', () => {
    const rule = { table: 'new_visit', type: 'visit_c', key: 'crmId', link: 'leadId', to: 'person' } as const;
    const described = { table: 'new_visit', entitySet: 'new_visits', primaryKey: 'new_visitid', fields: [] };
    const { type } = customEntity({ ...rule, path: ['new_contactid'], fields: null }, described, []);
    const story = createEntityStory('new_visit', type);
    story.state.parents.set('contact-1', 17);
    const created = story.row(1, { new_contactid: { id: 'contact-1', table: 'contact' } });
    const later = createEntityStory();
    later.state.record = story.state.record;

    later.answer(created, { result: 'CREATED', personId: 'guid-1' });

    expect(later.state.record?.rows[1]).toMatchObject({ table: 'new_visit', id: 'guid-1' });
  });
});

describe('an account whose owner Marketo says that it lacks', () => {
  it('waits longer where the owner had come, and is lost again', () => {
    const { wakeUp, answer, state, dueInMs } = createKnown();
    wakeUp(15_000);
    state.parents.set(ownerId, ownerId);
    const told = wakeUp(30_000);
    expect(told.commands).toMatchObject([{ fields: { externalSalesPersonId: ownerId } }]);

    answer(told, missing);

    expect(dueInMs()).toBe(120_000);
  });

  it('waits for nobody where it was deleted meanwhile', () => {
    const { row, deleted, answer, state } = createKnown(ownerId);
    state.parents.set('owner-2', 'owner-2');
    const edit = row(2, { ...accountFields, ownerid: { id: 'owner-2', table: 'team' } });
    deleted(3);

    answer(edit, missing);

    expect(state.record).not.toHaveProperty('held');
    expect(state.record).toMatchObject({ dueAtMs: null });
  });

  it('is sent again as it is where the command named no owner', () => {
    const { row, answer, dueInMs, state } = createKnown();
    state.parents.set(ownerId, ownerId);
    const edit = row(2, { ...accountFields, ownerid: null, name: 'Example plc' });

    const { record, commands } = answer(edit, { ...missing, retryAt: '2026-11-22T10:00:20Z' });

    expect(commands).toEqual([]);
    expect(record).not.toHaveProperty('held');
    expect(dueInMs()).toBe(20_000);
  });
});

it('an account that lost a merge keeps its company, and looks for nobody who carries on', () => {
  const policy = { ...nativePolicy, mergedInDynamics: 'follow', mergedInMarketo: 'follow' } as const;
  const { row, answer, state } = createEntityStory('account', undefined, policy);
  state.parents.set(ownerId, ownerId);
  answer(row(1, accountFields), { result: 'CREATED' });

  const masterid = { id: ownerId, table: 'account' };
  const { commands } = row(2, { ...accountFields, merged: true, masterid });

  expect(commands).toEqual([]);
  expect(state.record).toMatchObject({ dueAtMs: null, rows: [{ id: accountId }, { id: '17' }] });
});

describe('an opportunity', () => {
  const ofContact = { name: '40 engines', customerid: { id: 'contact-1', table: 'contact' } };

  it('whose company and owner came waits for neither any more', () => {
    const { row, answer, wakeUp, state } = createEntityStory('opportunity');
    state.parents.set('contact-1/companyId', accountId);
    answer(row(1, { ...ofContact, ownerid: { id: ownerId, table: 'team' } }), { result: 'CREATED' });
    state.parents.set(ownerId, ownerId);

    answer(wakeUp(15_000), { result: 'UPDATED' });

    expect(state.record).not.toHaveProperty('held');
    expect(state.record).toMatchObject({ dueAtMs: null });
  });

  it('whose company went is looked for as one that never came', () => {
    const { row, answer, wakeUp, state } = createEntityStory('opportunity');
    state.parents.set('contact-1/companyId', accountId);
    answer(row(1, ofContact), { result: 'CREATED' });
    state.parents.clear();

    expect(wakeUp(1_000).record.held).toEqual({
      ...{ dueAtMs: state.nowMs + 15_000, attempts: 0, takenBack: [] },
    });
  });

  it('that says No is deleted in Marketo all the same when its row is, and tried again while others name it', () => {
    const { row, deleted, answer, wakeUp } = createEntityStory('opportunity');
    answer(row(1, ofContact), { result: 'CREATED' });
    row(2, { ...ofContact, name: '41 engines', new_synctomkto: false });

    const gone = deleted(3);
    answer(gone, inUse);

    expect(gone.commands).toMatchObject([{ operation: 'DELETE' }]);
    expect(wakeUp(15_000).commands).toMatchObject([{ operation: 'DELETE' }]);
  });

  it('that cannot be deleted yet takes none of its relations back', () => {
    const { row, deleted, answer, state } = createEntityStory('opportunity');
    answer(row(1, ofContact), { result: 'CREATED' });

    answer(deleted(2), inUse);

    expect(state.record?.held).toMatchObject({ attempts: 0, takenBack: [] });
  });
});

describe('a role whose person is there', () => {
  const connection = {
    record1id: { id: 'opportunity-1', table: 'opportunity' },
    record2id: { id: 'contact-1', table: 'contact' },
  };
  const buyer = { id: 'role-1', table: 'connectionrole' };

  it.each([
    ['without a name', null, 'Stakeholder'],
    ['with a name', buyer, 'Buyer'],
  ])('%s waits for its opportunity', (_, record2roleid, name) => {
    const { row, wakeUp, state } = createEntityStory('connection');
    state.parents.set('contact-1', 7).set('role-1', 'Buyer');
    expect(row(1, { ...connection, record2roleid })).toMatchObject({ commands: [] });
    expect(state.record?.dueAtMs).toBe(state.nowMs + 15_000);
    state.parents.set('opportunity-1', 'opportunity-1');

    expect(wakeUp(15_000).commands).toMatchObject([{ fields: { leadId: 7, role: name } }]);
  });
});

it('a role that waits for another person goes at once when it comes to name nobody, and is tried again while others name it', () => {
  const { row, answer, wakeUp, state } = createEntityStory('connection');
  for (const [id, name] of [
    ['opportunity-1', 'opportunity-1'],
    ['contact-1', 7],
  ] as const)
    state.parents.set(id, name);
  const of = (contact: string | null) => ({
    record1id: { id: 'opportunity-1', table: 'opportunity' },
    ...{ record2id: contact && { id: contact, table: 'contact' }, record2roleid: null },
  });
  answer(row(1, of('contact-1')), { result: 'CREATED' });
  expect(row(2, of('contact-2'))).toMatchObject({ commands: [], record: { held: { attempts: 0 } } });

  const gone = row(3, of(null));

  expect(gone.commands).toMatchObject([{ operation: 'DELETE', fields: { leadId: 7 } }]);
  answer(gone, inUse);
  expect(wakeUp(15_000).commands).toMatchObject([{ operation: 'DELETE', fields: { leadId: 7 } }]);
});

it('a role of a person that Marketo lacks, though its record has it, is tried less and less often', () => {
  const { row, state, answer, wakeUp } = createEntityStory('connection');
  for (const [id, name] of [
    ['opportunity-1', 'opportunity-1'],
    ['contact-1', 7],
  ] as const)
    state.parents.set(id, name);
  const to = (id: string, table: string) => ({ id, table });
  const waitsMs: number[] = [];
  let decision = row(1, {
    record1id: to('opportunity-1', 'opportunity'),
    record2id: to('contact-1', 'contact'),
    record2roleid: null,
  });
  for (let attempt = 0; attempt < 4; attempt += 1) {
    answer(decision, missing);
    const waitMs = (state.record?.held?.dueAtMs ?? NaN) - state.nowMs;
    waitsMs.push(waitMs);
    decision = wakeUp(waitMs);
    expect(decision.commands).toMatchObject([{ operation: 'UPSERT', fields: { leadId: 7 } }]);
  }
  answer(decision, { result: 'CREATED' });

  expect(waitsMs).toEqual([15_000, 60_000, 240_000, 960_000]);
  expect(state.record).not.toHaveProperty('held');
  expect(state.record).toMatchObject({ dueAtMs: null });
});
