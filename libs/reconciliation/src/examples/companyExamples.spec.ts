import type { ChangeEvent, FieldValues } from '@lockstep/change-events';
import type { EntityType } from '../entityType.ts';
import { builtInType, entityMappingsFor } from '../entityTypes.ts';
import { accountFields, accountId, createEntityStory, ownerId } from './exampleEntities.ts';
import { linkedPair } from './examplePairs.ts';
import { exampleMapping } from './exampleParts.ts';
import type { MappingRow } from '../mapping.ts';

/** The worked examples of docs/conflict-resolution.md about companies that are edited in Marketo (F-41, G-11, G-12). */

const tables = ['account', 'systemuser'];
const writtenBack = (...fields: string[]) =>
  ({
    ...builtInType('account'),
    mapping: entityMappingsFor(tables, { writeBack: fields })['account'] ?? [],
  }) as EntityType;

/** An account that Marketo has, written by the first call. */
function createKnown(type = writtenBack()) {
  const story = createEntityStory('account', type);
  story.state.parents.set(ownerId, ownerId);
  story.answer(story.row(1, { ...accountFields, telephone1: '1', sic: null }), { result: 'CREATED' });

  return story;
}

const company = { company: 'Example Ltd', industry: 'Accounting', annualRevenue: 1200.5, mainPhone: '1' };
const parkedOf = ({ state }: ReturnType<typeof createKnown>) =>
  state.record?.rows.find(({ system }) => system === 'marketo')?.parked;
const conflictsIn = ({ conflicts }: { conflicts: readonly { rule: string; loserValue: unknown }[] }) =>
  conflicts.map(({ rule, loserValue }) => [rule, loserValue]);

describe('an edit of a company in Marketo', () => {
  it('stays, and is marked: it is recorded once, however many persons show it', () => {
    const story = createKnown();

    const first = story.shown(10, { ...company, mainPhone: '2' });
    const second = story.shown(11, { ...company, mainPhone: '2' });

    expect([first.commands, first.dynamicsWrites, second.commands]).toEqual([[], [], []]);
    expect(conflictsIn(first)).toEqual([['one-way', '2']]);
    expect(first.goldenEvent?.conflicts).toHaveLength(1);
    expect(second.dirty && second.conflicts.length > 0).toBe(false);
    expect(parkedOf(story)).toEqual({ mainPhone: { value: '1', code: 'COMPANY_EDITED' } });
  });

  it('is overwritten by the next change of the account, all edited fields at once', () => {
    const story = createKnown();
    story.shown(10, { ...company, mainPhone: '2', annualRevenue: 7 });

    const { commands } = story.row(2, { ...accountFields, name: 'Example plc', telephone1: '1', sic: null });

    expect(commands.map(({ fields }) => fields)).toEqual([
      { externalCompanyId: accountId, company: 'Example plc', annualRevenue: 1200.5, mainPhone: '1' },
    ]);
  });

  it('that is undone is not marked any more', () => {
    const story = createKnown();
    story.shown(10, { ...company, mainPhone: '2' });
    story.shown(11, company);

    expect(parkedOf(story)).toEqual({});
  });

  it('is none when it is what we wrote, or was read before we did', () => {
    const story = createKnown();
    const change = story.row(2, { ...accountFields, name: 'Example plc', telephone1: '1', sic: null });
    story.shown(10, { ...company, company: 'Example plc' });
    expect(parkedOf(story)).toEqual({});
    story.answer(change, { result: 'UPDATED', answered: { epoch: 1, number: 12 } });
    const { nothing, conflicts } = story.shown(11, company);

    expect([nothing, conflicts]).toEqual([null, []]);
    expect(parkedOf(story)).toEqual({});
  });
});

describe('what we wrote to a company', () => {
  it('is no edit where its persons show it before its answer is heard, and the account has moved on meanwhile', () => {
    const story = createKnown();
    const named = (name: string) => ({ ...accountFields, name, telephone1: '1', sic: null });
    const change = story.row(2, named('Example plc'));
    story.row(3, named('Example AG'));
    const shown = story.shown(10, { ...company, company: 'Example plc' });
    const { commands } = story.answer(change, { result: 'UPDATED', answered: { epoch: 1, number: 9 } });

    expect([shown.conflicts, parkedOf(story)]).toEqual([[], {}]);
    expect(commands.map(({ fields }) => fields)).toEqual([
      { externalCompanyId: accountId, company: 'Example AG' },
    ]);
  });
});

describe('a field of a company of which its account tells nothing', () => {
  it('has nothing that would overwrite an edit, so that none is marked', () => {
    const story = createKnown();
    const state = { ...company, externalCompanyId: accountId, billingCity: 'Lyon' };
    story.answer(story.wish('read-again'), { result: 'READ', accepted: null, state });

    story.shown(10, { ...company, billingCity: 'Nantes' });

    expect(parkedOf(story)).toEqual({});
  });
});

describe('a field of accounts that is written back', () => {
  const row = (fields: FieldValues = {}) => ({ ...accountFields, telephone1: '1', sic: null, ...fields });

  it('takes an edit of Marketo to the account, guarded, and to nobody else', () => {
    const story = createKnown(writtenBack('mainPhone'));

    const edit = story.shown(10, { ...company, mainPhone: '2', annualRevenue: 7 });

    expect(edit.commands).toEqual([]);
    expect(edit.dynamicsWrites).toMatchObject([
      { table: 'account', rowId: accountId, ifMatch: { number: 1 }, columns: { telephone1: '2' } },
    ]);
    expect(Object.keys(parkedOf(story) ?? {})).toEqual(['annualRevenue']);
  });

  it('knows the answer, and the row that shows it, as its own write', () => {
    const story = createKnown(writtenBack('mainPhone'));
    const edit = story.shown(10, { ...company, mainPhone: '2' });

    const answer = story.written(edit, 2, row({ telephone1: '2' }));
    const shown = story.row(2, row({ telephone1: '2' }));

    expect([answer.commands, answer.dynamicsWrites, shown.commands, shown.dynamicsWrites]).toEqual([
      [],
      [],
      [],
      [],
    ]);
    expect(story.state.record?.fields['mainPhone']).toMatchObject({ value: '2', source: 'marketo' });
    expect(story.state.record?.outbox.filter(({ kind }) => kind === 'dynamics-write')).toEqual([]);
  });

  it('is that of Dynamics when both sides change it', () => {
    const story = createKnown(writtenBack('mainPhone'));
    const change = story.row(2, row({ telephone1: '3' }));
    const edit = story.shown(10, { ...company, mainPhone: '2' });
    const after = story.answer(change, { result: 'UPDATED', answered: { epoch: 1, number: 9 } });

    expect(conflictsIn(edit)).toEqual([['dynamics-wins', '2']]);
    expect(edit.dynamicsWrites).toEqual([]);
    expect(after.commands.map(({ fields }) => fields)).toEqual([
      { externalCompanyId: accountId, mainPhone: '3' },
    ]);
  });

  it('is written again when the answer does not come', () => {
    const story = createKnown(writtenBack('mainPhone'));
    story.shown(10, { ...company, mainPhone: '2' });

    expect(story.wakeUp(15_000).dynamicsWrites).toMatchObject([
      { table: 'account', columns: { telephone1: '2' }, attempts: 1 },
    ]);
  });
});

describe('a person that shows its company anew', () => {
  const withCompany = (mapping = exampleMapping) => {
    const pair = linkedPair('contact', { lastname: 'Byron' }, { mapping });
    pair.world.state.parents.add(accountId);
    pair.world.dynamics.edit(pair.row, { parentcustomerid: `account/${accountId}` });
    pair.world.settle();

    return pair;
  };
  const forwardsOf = ({ world }: ReturnType<typeof withCompany>) =>
    world.state.decisions.flatMap(({ forwards }) => forwards).filter(({ kind }) => kind === 'event');

  it('tells the record of the account what it shows, and only then', () => {
    const pair = withCompany();
    pair.world.marketo.write(pair.person, { title: 'Engineer' });
    pair.world.settle();
    expect(forwardsOf(pair)).toEqual([]);

    pair.world.marketo.write(pair.person, { company: 'Example plc' });
    const event = pair.world.marketo.change(pair.person, 'LIVE');
    pair.world.hand(pair.person, event);

    expect(forwardsOf(pair)).toMatchObject([
      {
        ...{ kind: 'event', system: 'marketo', table: 'contact', written: null },
        event: {
          ...{ eventId: `${event.eventId}/company`, operation: 'UPSERT', page: event.page },
          recordId: accountId,
          fields: { company: 'Example plc', annualRevenue: null },
          evidence: null,
        },
      },
    ]);
  });

  it('tells it of a field that is read for the company alone when the feed tells of an edit, and only then', () => {
    const pair = withCompany();
    pair.world.marketo.write(pair.person, { mainPhone: '2' });
    pair.world.readMarketo(pair.person);
    expect(forwardsOf(pair)).toMatchObject([{ event: { recordId: accountId, fields: { mainPhone: '2' } } }]);

    pair.world.marketo.write(pair.person, { title: 'Engineer' });
    pair.world.settle();
    expect(forwardsOf(pair)).toHaveLength(1);
  });

  it('tells it of the company alone, and of nothing that is read for the person', () => {
    const hobby: MappingRow = {
      ...{ field: 'hobby', type: 'string', direction: 'both', columns: {}, marketo: 'hobby_c' },
    };
    const pair = withCompany([...exampleMapping, hobby]);
    pair.world.marketo.write(pair.person, { hobby_c: 'Chess', salutation: 'Dr' });
    pair.world.readMarketo(pair.person);
    expect(forwardsOf(pair)).toEqual([]);

    pair.world.marketo.write(pair.person, { mainPhone: '2', companyTier_c: 'A', salutation: 'Lady' });
    pair.world.readMarketo(pair.person);

    expect(forwardsOf(pair)).toHaveLength(1);
    expect(forwardsOf(pair)).toMatchObject([{ event: { fields: { mainPhone: '2' } } }]);
    const [{ event } = { event: null }] = forwardsOf(pair) as { event: ChangeEvent }[];
    expect(Object.keys(event?.fields ?? {}).toSorted()).toEqual([
      ...['annualRevenue', 'company', 'companyTier_c', 'mainPhone'],
    ]);
  });

  it('tells nobody what the feed does not tell as an edit', () => {
    const pair = withCompany();
    pair.world.marketo.write(pair.person, { mainPhone: '2' });
    const event = pair.world.marketo.change(pair.person, 'LIVE');
    pair.world.hand(pair.person, { ...event, evidence: null });

    expect(forwardsOf(pair)).toEqual([]);
  });

  it('tells nobody while it is to move to another company', () => {
    const pair = withCompany();
    pair.world.dynamics.edit(pair.row, { parentcustomerid: 'account/account-2' });
    pair.world.settle();
    pair.world.marketo.write(pair.person, { company: 'Example plc' });
    pair.world.settle();

    expect(forwardsOf(pair)).toEqual([]);
  });

  it('tells nobody when it is met for the first time, whatever the former person showed', () => {
    const pair = withCompany();
    const { world, person } = pair;
    const { goldenId } = world.record(`marketo/person/${person}`);
    world.marketo.write(person, { company: 'Example Ltd' });
    world.readMarketo(person);
    const told = forwardsOf(pair).length;
    world.marketo.remove(person);
    world.readMarketo(person);

    const heir = { lockstepId: goldenId, externalCompanyId: accountId, company: 'Example plc' };
    world.readMarketo(world.marketo.create(heir));

    expect(forwardsOf(pair)).toHaveLength(told);
  });

  it('tells nobody where no accounts are read', () => {
    const mapping = exampleMapping.filter(({ field }) => field !== 'companyId');
    const pair = linkedPair('contact', { lastname: 'Byron' }, { mapping });
    pair.world.marketo.write(pair.person, { company: 'Example plc' });
    pair.world.readMarketo(pair.person);

    expect(forwardsOf(pair)).toEqual([]);
  });

  it('makes no record of an account that nobody has read', () => {
    const pair = withCompany();
    pair.world.marketo.write(pair.person, { company: 'Example plc' });
    pair.world.readMarketo(pair.person);

    expect(pair.world.state.decisions.at(-1)).toMatchObject({
      ...{ dirty: false, nothing: 'no-entry', goldenEvent: null },
      record: { entity: 'account', rows: [] },
    });
  });

  it('tells nobody while it has none', () => {
    const pair = linkedPair('contact', { lastname: 'Byron' });
    pair.world.marketo.write(pair.person, { company: 'Example plc' });
    pair.world.settle();

    expect(forwardsOf(pair)).toEqual([]);
  });
});
