import type { TableDefinition } from '@lockstep/change-events';
import { customEntity, type CustomEntityRule } from '../customEntity.ts';
import { entityMappingsFor, entityTypes } from '../entityTypes.ts';
import { accountId as rowId, createEntityStory } from './exampleEntities.ts';

const [contactId, tripId] = ['00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000004'];
const accountType = entityTypes.account;
const contact = { id: contactId, table: 'contact' };

const described: TableDefinition = {
  table: 'new_visit',
  entitySet: 'new_visits',
  primaryKey: 'new_visitid',
  fields: [
    { name: 'new_name', type: 'string' },
    { name: 'new_fee', type: 'decimal' },
    { name: 'new_from', type: 'timestamp' },
    { name: 'new_contactid', type: 'lookup' },
    { name: 'statecode', type: 'option' },
  ],
};

const rule: CustomEntityRule = {
  table: 'new_visit',
  type: 'visit_c',
  key: 'crmId',
  link: 'leadId',
  to: 'person',
  path: ['new_contactid'],
  fields: null,
};

function createVisits(changes: Partial<CustomEntityRule> = {}) {
  const entity = customEntity({ ...rule, ...changes }, described, ['account', 'new_trip', 'new_visit']);
  return { entity, ...createEntityStory('new_visit', entity.type) };
}

const visit = {
  new_name: 'Factory',
  new_fee: '12.5',
  new_from: '2026-11-28T08:00:00.25Z',
  new_contactid: contact,
};

/** A visit that Marketo has, of the person 17. */
function createKnown() {
  const story = createVisits();
  story.state.parents.set(contactId, 17);
  story.answer(story.row(1, { ...visit, statecode: { value: 0, label: 'Active' } }), {
    result: 'CREATED',
    personId: 'guid-1',
  });
  return story;
}

describe('whom a custom row names', () => {
  it('is remembered, as long as it names somebody', () => {
    const { row } = createVisits();

    expect(row(1, visit).record.names).toEqual([contactId]);
    expect(row(2, { ...visit, new_contactid: null }).record).not.toHaveProperty('names');
  });
});

describe('a custom row', () => {
  it('becomes a custom object of its person, with every column of its publisher by its type', () => {
    const { state, row } = createVisits();
    state.parents.set(contactId, 17);

    const { commands, record } = row(1, { ...visit, statecode: { value: 0, label: 'Active' } });

    expect(commands).toMatchObject([{ operation: 'UPSERT', entity: 'custom:visit_c' }]);
    expect(commands[0]?.fields).toEqual({
      crmId: rowId,
      leadId: 17,
      new_name: 'Factory',
      new_fee: 12.5,
      new_from: '2026-11-28T08:00:00Z',
    });
    expect(record.entity).toBe('new_visit');
  });

  it('has the fields that the rule names, and no others', () => {
    const { state, row } = createVisits({ fields: { new_name: 'title', statecode: 'state' } });
    state.parents.set(contactId, 17);

    const { commands } = row(1, { ...visit, statecode: { value: 0, label: 'Active' } });

    expect(commands[0]?.fields).toEqual({ crmId: rowId, leadId: 17, title: 'Factory', state: 'Active' });
  });

  it('waits until its person is in Marketo, less and less often, and goes then', () => {
    const { state, row, answer, wakeUp } = createVisits();
    expect(row(1, visit)).toMatchObject({ commands: [], record: { held: { attempts: 0 } } });
    expect(wakeUp(15_000)).toMatchObject({ commands: [], record: { held: { attempts: 1 } } });

    state.parents.set(contactId, 17);

    const told = wakeUp(30_000);
    expect(told.commands).toMatchObject([{ fields: { leadId: 17, new_name: 'Factory' } }]);
    expect(answer(told, { result: 'CREATED' }).record).not.toHaveProperty('held');
  });

  it('that names nobody is kept out of Marketo, waits for nothing, and is taken away when it comes to name nobody', () => {
    const nobody = createVisits();
    expect(nobody.row(1, { ...visit, new_contactid: null })).toMatchObject({
      commands: [],
      record: { dueAtMs: null },
    });

    const story = createKnown();
    const cleared = story.row(2, { new_contactid: null });
    expect(cleared.commands).toMatchObject([{ operation: 'DELETE', fields: { crmId: rowId } }]);
    story.answer(cleared, { result: 'DELETED' });

    expect(story.row(3, { new_contactid: contact }).commands).toMatchObject([
      { operation: 'UPSERT', fields: { leadId: 17, new_name: 'Factory' } },
    ]);
  });

  it('sends what differs once Marketo has it, and follows its person to another id', () => {
    const story = createKnown();
    expect(story.row(2, { ...visit, new_name: 'Office' }).commands).toMatchObject([
      { fields: { crmId: rowId, new_name: 'Office' } },
    ]);
    const other = createKnown();
    other.state.parents.set(contactId, 18);

    const { commands } = other.wakeUp(1_000);

    expect(commands.map(({ fields }) => fields)).toEqual([{ crmId: rowId, leadId: 18 }]);
  });

  it('that says that Marketo lost its person waits for it and goes when there is another', () => {
    const story = createVisits();
    story.state.parents.set(contactId, 17);
    const refused = story.answer(story.row(1, visit), {
      ...{ result: 'RETRY', code: 'MARKETO_PARENT_MISSING', personId: null, accepted: null, answered: null },
    });
    expect(refused).toMatchObject({ commands: [], record: { held: { takenBack: ['new_contactid'] } } });

    story.state.parents.set(contactId, 18);

    expect(story.wakeUp(15_000).commands).toMatchObject([{ fields: { leadId: 18, new_name: 'Factory' } }]);
  });

  it('goes when it is deleted', () => {
    expect(createKnown().deleted(5).commands).toMatchObject([
      { operation: 'DELETE', entity: 'custom:visit_c', fields: { crmId: rowId } },
    ]);
  });

  it('of a table that is not configured any more is told of, and sends nothing', () => {
    const { row } = createEntityStory('new_visit', {
      ...createVisits().entity.type,
      marketo: null,
      mapping: [],
    });

    expect(row(1, visit)).toMatchObject({ commands: [], record: { entity: 'new_visit' } });
  });

  it('is one of a company where its rule says so', () => {
    const story = createVisits({ to: 'company', link: 'externalCompanyId', path: ['new_accountid'] });
    story.state.parents.set('account-1', 'account-1');

    const { commands } = story.row(1, { ...visit, new_accountid: { id: 'account-1', table: 'account' } });

    expect(commands).toMatchObject([{ fields: { externalCompanyId: 'account-1', crmId: rowId } }]);
  });
});

describe('a custom row whose path has two hops', () => {
  it('belongs to the person that the row between them names', () => {
    const { state, row } = createVisits({ path: ['new_tripid', 'new_contactid'] });
    state.parents.set(`${tripId}/new_contactid`, 17);

    const { commands } = row(1, { ...visit, new_tripid: { id: tripId, table: 'new_trip' } });

    expect(commands).toMatchObject([{ fields: { crmId: rowId, leadId: 17, new_name: 'Factory' } }]);
  });

  it('makes the row between them hold whom it names, and tell nobody', () => {
    const { entity } = createVisits({ path: ['new_tripid', 'primarycontactid'] });
    const { account = [] } = entityMappingsFor(['account', 'new_visit'], { customs: [entity] });
    const story = createEntityStory('account', { ...accountType, mapping: account });

    const first = story.row(1, { name: 'Example Ltd', primarycontactid: contact });
    const { commands } = first;
    const { record } = story.answer(first, { result: 'CREATED' });

    expect(commands.map(({ fields }) => fields)).toEqual([
      { externalCompanyId: rowId, company: 'Example Ltd' },
    ]);
    expect(record).toMatchObject({ fields: { primarycontactid: { value: contactId } }, dueAtMs: null });
  });
});
