import { accountFields, accountId, createEntityStory, ownerId } from './exampleEntities.ts';
import { exampleMapping } from './exampleParts.ts';
import { createWorld } from './exampleWorld.ts';
import { troublesOf } from '../troubles.ts';

/** The worked examples of docs/conflict-resolution.md about reading a record beside persons again, and releasing it. */

const opportunity = '00000000-0000-4000-8000-000000000005';
const contact = '00000000-0000-4000-8000-000000000006';

function knownAccount() {
  const story = createEntityStory();
  story.answer(story.row(1, accountFields), {});
  return story;
}

describe('a record beside persons that is read again', () => {
  it('is asked for by its key, with every field that it is told', () => {
    const { commands } = knownAccount().wish('read-again');

    expect(commands).toMatchObject([{ operation: 'READ', entity: 'company' }]);
    const [{ fields } = { fields: {} }] = commands;
    expect(fields).toMatchObject({
      externalCompanyId: accountId,
      company: null,
      externalSalesPersonId: null,
    });
    expect(Object.keys(fields)).toHaveLength(14);
  });

  it('is asked for by the parts of its key, where that is made of several', () => {
    const story = createEntityStory('connection');
    story.state.parents.set(opportunity, opportunity).set(contact, 17);
    const fields = {
      record1id: { id: opportunity, table: 'opportunity' },
      record2id: { id: contact, table: 'contact' },
    };
    story.answer(story.row(1, { ...fields, record2roleid: null }), {});

    expect(story.wish('read-again').commands).toMatchObject([
      { operation: 'READ', fields: { externalOpportunityId: opportunity, leadId: 17, role: 'Stakeholder' } },
    ]);
  });

  it('is not asked for before Marketo has it, and while a command is open', () => {
    const story = createEntityStory();
    const created = story.row(1, accountFields);
    expect(story.wish('read-again').commands).toEqual([]);
    story.answer(created, {});
    story.row(2, { ...accountFields, name: 'Example Inc' });

    expect(story.wish('read-again').commands).toEqual([]);
  });

  it('is asked for by no name that only others need of it', () => {
    const story = createEntityStory('connectionrole');
    story.row(1, { name: 'Buyer' });

    expect(story.wish('read-again')).toMatchObject({ commands: [], dirty: false });
  });
});

describe('a record beside persons that is released', () => {
  it('tries at once what was refused, and the relation that waits', () => {
    const story = createEntityStory();
    const refused = { result: 'REFUSED', personId: null, accepted: null, answered: null } as const;
    story.answer(story.row(1, accountFields), { ...refused, code: '1003', detail: 'no' });
    expect(story.state.record?.waiting).toMatchObject({ cause: 'refused', code: '1003', detail: 'no' });
    expect(troublesOf(story.state.record ?? fail())).toMatchObject([
      { side: 'marketo', operation: 'CREATE', code: '1003', field: null, detail: 'no' },
    ]);

    expect(story.wish('release').commands).toMatchObject([{ operation: 'UPSERT' }]);
  });

  it('looks for its owner at once, and waits as before where that is not there', () => {
    const story = knownAccount();
    expect(story.state.record?.held).toMatchObject({ attempts: 0, takenBack: [] });
    expect(story.wish('release').record.held).toMatchObject({ attempts: 1 });
    story.state.parents.set(ownerId, ownerId);

    expect(story.wish('release').commands).toMatchObject([{ fields: { externalSalesPersonId: ownerId } }]);
  });
});

describe('a person whose row is released', () => {
  it('is tried again before its hour is over', () => {
    const world = createWorld({ mapping: exampleMapping, matchByEmail: true });
    for (const title of ['Engineer', 'Architect'])
      world.readMarketo(world.marketo.create({ email: 'ada@example.com', title }), 'BACKFILL');
    world.dynamics.insert('lead', 'lead-1', { emailaddress1: 'ada@example.com' });
    world.readDynamics('lead-1');
    const { record } = world.wish('dynamics/lead/lead-1', 'release');

    expect(record.waiting).toEqual({
      ...{ cause: 'review', code: 'MARKETO_AMBIGUOUS', dueAtMs: world.state.nowMs + 3_600_000 },
    });
    expect(troublesOf(record)).toEqual([
      { side: 'marketo', operation: 'CREATE', code: 'MARKETO_AMBIGUOUS', field: null, detail: null },
    ]);
  });
});

function fail(): never {
  throw new Error('there is no record');
}
