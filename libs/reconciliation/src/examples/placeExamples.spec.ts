import { exampleMapping, mappingWithNew } from './exampleParts.ts';
import { accountFields, accountId, createEntityStory } from './exampleEntities.ts';
import { answerTo } from './exampleWrites.ts';
import { createWorld } from './exampleWorld.ts';
import { conflictsOf, linkedPair, values, writesTo, type Pair } from './examplePairs.ts';
import type { MappingRow } from '../mapping.ts';
import { nativePolicy } from '../policy.ts';

/** The worked examples of docs/conflict-resolution.md about fields that live elsewhere from now on. */

const everywhere = mappingWithNew({ field: 'workPhone' });
const phoneIn = (changes: Partial<MappingRow>): readonly MappingRow[] =>
  exampleMapping.map((row) => (row.field === 'phone' ? { ...row, ...changes } : row));

/** The file changes: other rules, and another mapping by them. */
function follow({ world: { state } }: Pair, mapping: readonly MappingRow[]): void {
  const rules = `${state.policy.rules ?? ''}+`;
  state.policy = { ...state.policy, rules };
  state.mapping = mapping;
}

const linked = (columns: Record<string, string | null>): Pair =>
  linkedPair('lead', { telephone1: '123', ...columns }, { mapping: everywhere });

describe('a field that lives in another column', () => {
  const elsewhere = phoneIn({ columns: { lead: 'new_mobile' } });

  it('blanks nothing where that column is blank, but fills it', () => {
    const pair = linked({ new_mobile: null });
    follow(pair, elsewhere);
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
    pair.world.settle();

    expect(values(pair, 'phone')).toEqual(['123', '123', '123']);
    expect(pair.world.dynamics.column(pair.row, 'telephone1')).toBe('123');
  });

  it('is met when its row is announced again at the version that is known, once', () => {
    const pair = linked({ new_mobile: '999' });
    follow(pair, elsewhere);
    pair.world.readDynamics(pair.row);
    pair.world.settle();
    expect(values(pair, 'phone')).toEqual(['999', '999', '999']);

    pair.world.marketo.write(pair.person, { phone: null });
    pair.world.settle();
    follow(pair, elsewhere);
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
    pair.world.settle();

    expect(values(pair, 'phone')).toEqual([null, null, null]);
  });

  it('goes on where it was when only other rules change', () => {
    const pair = linkedPair('lead', { new_mobile: '123' }, { mapping: elsewhere });
    follow(pair, [...elsewhere]);
    pair.world.dynamics.edit(pair.row, { new_mobile: null });
    pair.world.settle();

    expect(values(pair, 'phone')).toEqual([null, null, null]);
  });
});

describe('a field that lives in another field of Marketo', () => {
  it.each([
    [null, '123'],
    ['777', '777'],
  ])('meets what that holds (%j) and blanks nothing', (held, value) => {
    const pair = linked({});
    pair.world.marketo.write(pair.person, { workPhone: held });
    pair.world.settle();
    follow(pair, phoneIn({ marketo: 'workPhone' }));
    pair.world.marketo.write(pair.person, { title: 'Director' });
    pair.world.settle();

    expect(values(pair, 'phone')).toEqual([value, value, value]);
    expect(conflictsOf(pair.world)).toHaveLength(held === null ? 0 : 1);
  });
});

describe('a field that comes to live where its person holds something', () => {
  it('is filled from there in a contact that has none, as at any first meeting', () => {
    const pair = linkedPair('contact', { telephone1: null }, { mapping: everywhere });
    pair.world.marketo.write(pair.person, { workPhone: '777' });
    pair.world.settle();
    follow(pair, phoneIn({ marketo: 'workPhone' }));
    pair.world.marketo.write(pair.person, { title: 'Director' });
    pair.world.settle();

    expect(values(pair, 'phone')).toEqual(['777', '777', '777']);
    expect(conflictsOf(pair.world)).toEqual([]);
  });
});

describe('a person that is being made while a field moves', () => {
  /** The creation waits with the former field in the lane of a first read, and one with the other field overtakes it. */
  function overtaken() {
    const world = createWorld();
    world.dynamics.insert('lead', 'lead-1', { telephone1: '123' });
    world.readDynamics('lead-1', 'BACKFILL');
    const [creation] = world.state.open.splice(0);
    if (creation?.to !== 'marketo') throw new Error('nobody is to be created');
    world.state.policy = { ...world.state.policy, rules: 'others' };
    world.state.mapping = phoneIn({ marketo: 'workPhone' });
    world.dynamics.edit('lead-1', { jobtitle: 'Director' });
    world.readDynamics('lead-1');
    const person = world.marketo.create({
      ...creation.command.fields,
      ...{ lockstepId: creation.goldenId, workPhone: null },
    });

    return { pair: { world, row: 'lead-1', person }, creation };
  }

  it('was not made with the other field: a blank there is none of its edits', () => {
    const { pair } = overtaken();
    pair.world.settle();

    expect(values(pair, 'phone')).toEqual(['123', '123', '123']);
  });

  it('was not, either, when its creation is answered first', () => {
    const { pair, creation } = overtaken();
    const { world, person } = pair;
    world.handAnswer(answerTo(creation.command, { personId: person, answered: world.marketo.nextNumber() }));
    world.settle();

    expect(values(pair, 'phone')).toEqual(['123', '123', '123']);
  });
});

describe('a field that goes one way from now on', () => {
  const oneWay = (direction: MappingRow['direction']): readonly MappingRow[] =>
    exampleMapping.map((row) => (row.field === 'city' ? { ...row, direction } : row));

  it.each([
    ['contact', 'to-dynamics', 'marketo'],
    ['lead', 'to-marketo', 'dynamics'],
  ] as const)('of a %s is what the side says that alone speaks (%s)', (table, direction, side) => {
    const pair = linkedPair(table, { address1_city: 'York' });
    const { dynamics, marketo, state } = pair.world;
    const edit = (system: string, city: string) =>
      system === 'dynamics'
        ? dynamics.edit(pair.row, { address1_city: city })
        : marketo.write(pair.person, { city });
    edit(side === 'dynamics' ? 'marketo' : 'dynamics', 'Bath');
    if (side === 'dynamics') pair.world.readMarketo(pair.person);
    else pair.world.readDynamics(pair.row);
    state.open.splice(0);
    follow(pair, oneWay(direction));
    edit(side, 'Rome');
    if (side === 'dynamics') pair.world.readDynamics(pair.row);
    else pair.world.readMarketo(pair.person);
    pair.world.settle();

    expect(values(pair, 'city')).toEqual(['Rome', 'Rome', 'Rome']);
  });
});

describe('a field that goes both ways from now on', () => {
  it('has a blank of Marketo lose to the next edit, whoever wins conflicts, where Marketo alone had a say and said nothing', () => {
    const cityBy = (changes: Partial<MappingRow>): readonly MappingRow[] =>
      exampleMapping.map((row) => (row.field === 'city' ? { ...row, ...changes } : row));
    const pair = linkedPair(
      'contact',
      { address1_city: 'York' },
      { mapping: cityBy({ direction: 'to-dynamics' }) },
    );
    expect(values(pair, 'city')).toEqual(['York', null, null]);
    follow(pair, cityBy({ conflict: { lead: 'marketo', contact: 'marketo' } }));
    pair.world.dynamics.edit(pair.row, { address1_city: 'Bath' });
    pair.world.settle();

    expect(values(pair, 'city')).toEqual(['Bath', 'Bath', 'Bath']);
    expect(conflictsOf(pair.world)).toEqual([]);
  });
});

describe('a field that is off', () => {
  it('meets anew when it is on again, so that no edit of meanwhile is lost without a word', () => {
    const pair = linkedPair('lead', { jobtitle: 'Engineer' });
    follow(
      pair,
      exampleMapping.filter(({ field }) => field !== 'jobTitle'),
    );
    pair.world.marketo.write(pair.person, { title: 'Architect' });
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
    pair.world.settle();
    follow(pair, exampleMapping);
    pair.world.dynamics.edit(pair.row, { lastname: 'Byron' });
    pair.world.settle();
    pair.world.marketo.write(pair.person, { city: 'Lyon' });
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(conflictsOf(pair.world)).toMatchObject([{ winnerValue: 'Architect', loserValue: 'Director' }]);
  });
});

describe('a field of which nobody has read what its person holds', () => {
  const without = exampleMapping.filter(({ field }) => field !== 'phone');

  it.each([
    ['is on again', exampleMapping],
    ['lives in another field of Marketo', phoneIn({ marketo: 'workPhone' })],
  ])('is read there before an edit of Dynamics reaches it: it %s', (_what, mapping) => {
    const pair = linkedPair('lead', { telephone1: '1' });
    pair.world.marketo.write(pair.person, { workPhone: null });
    pair.world.settle();
    for (const rules of [without, mapping]) {
      follow(pair, rules);
      pair.world.dynamics.edit(pair.row, { address1_city: null });
      pair.world.settle();
    }
    pair.world.dynamics.edit(pair.row, { telephone1: '2' });
    pair.world.settle();

    expect(values(pair, 'phone')).toEqual(['2', '2', '2']);
    expect(conflictsOf(pair.world)).toEqual([]);
  });

  it('meets Dynamics alone, and nothing that both sides have left since it was off', () => {
    const pair = linkedPair('lead', { telephone1: '1' });
    pair.world.marketo.write(pair.person, { phone: '9' });
    pair.world.settle();
    follow(pair, without);
    pair.world.marketo.write(pair.person, { phone: '3' });
    pair.world.dynamics.edit(pair.row, { telephone1: '2' });
    pair.world.settle();
    follow(pair, exampleMapping);
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
    pair.world.settle();

    expect(values(pair, 'phone')).toEqual(['3', '3', '3']);
    expect(conflictsOf(pair.world)).toMatchObject([{ winnerValue: '3', loserValue: '2' }]);
    expect(writesTo(pair.world, 'dynamics')).toEqual([{ telephone1: '9' }, { telephone1: '3' }]);
  });
});

describe('the options of a field that the file calls by other names', () => {
  const sourceWith = (labels: Record<string, number>): readonly MappingRow[] =>
    exampleMapping.map((row) => (row.field === 'leadSource' ? { ...row, labels } : row));
  const seen = ({ dynamics }: Pair['world'], row: string) => dynamics.column(row, 'leadsourcecode');

  it.each([
    ['another label', { Website: 8, Seminar: 6 }, 'Website'],
    ['that of another number', { Web: 6, Seminar: 8 }, 'Seminar'],
    ['no label', { Seminar: 6 }, 'Web'],
  ])('stay what they are in Dynamics, and have %s in Marketo with the next event', (_, labels, label) => {
    const pair = linkedPair('lead', { leadsourcecode: 8 });
    follow(pair, sourceWith(labels));
    pair.world.marketo.write(pair.person, { city: 'Lyon' });
    pair.world.settle();

    expect(seen(pair.world, pair.row)).toBe(8);
    expect(pair.world.marketo.field(pair.person, 'leadSource')).toBe(label);
  });

  it('leave a label alone that Dynamics lacks', () => {
    const pair = linkedPair('lead', { leadsourcecode: 8 });
    pair.world.marketo.write(pair.person, { leadSource: 'Podcast' });
    pair.world.settle();
    follow(pair, sourceWith({ Website: 8 }));
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
    pair.world.settle();

    expect(values(pair, 'leadSource')).toEqual([8, 'Podcast', 'Podcast']);
  });

  it.each([
    [{ Schach: 4, Sailing: 30 }, 'Schach;Sailing'],
    [{ Sailing: 4, Chess: 30 }, 'Chess;Sailing'],
  ])('are several that Dynamics keeps with the labels %j', (labels, text) => {
    const hobbies = { field: 'hobbies', type: 'options' } as const;
    const named = { ...hobbies, labels: { Chess: 4, Sailing: 30 } };
    const pair = linkedPair('lead', { new_hobbies: '4,30' }, { mapping: mappingWithNew(named) });
    follow(pair, mappingWithNew({ ...hobbies, labels }));
    pair.world.marketo.write(pair.person, { city: 'Lyon' });
    pair.world.settle();

    expect(pair.world.dynamics.column(pair.row, 'new_hobbies')).toBe('4,30');
    expect(pair.world.marketo.field(pair.person, 'hobbies')).toBe(text);
  });

  it('are what Marketo says where Dynamics is only told', () => {
    const source = (labels: Record<string, number>) =>
      sourceWith(labels).map((row) =>
        row.field === 'leadSource' ? { ...row, direction: 'to-dynamics' as const } : row,
      );
    const pair = linkedPair('lead', { jobtitle: 'Engineer' }, { mapping: source({ Web: 8 }) });
    pair.world.marketo.write(pair.person, { leadSource: 'Web' });
    pair.world.settle();
    follow(pair, source({ Web: 9 }));
    pair.world.marketo.write(pair.person, { city: 'Lyon' });
    pair.world.settle();

    expect(values(pair, 'leadSource')).toEqual([9, 'Web', 'Web']);
  });
});

describe('a field of an account that lives elsewhere', () => {
  const told = (changes: Partial<MappingRow>, fields: Record<string, string | null>) => {
    const policy = { ...nativePolicy };
    const story = createEntityStory('account', undefined, policy);
    story.answer(story.row(1, { ...accountFields, telephone1: '123', ...fields }), { result: 'CREATED' });
    Object.assign(policy, { rules: 'others' });
    story.state.mapping = story.state.mapping.map((row) =>
      row.field === 'mainPhone' ? { ...row, ...changes } : row,
    );
    return story.row(1, { ...accountFields, telephone1: '123', ...fields });
  };

  it.each([null, '999'])('brings what its other column shows at the version that is known: %j', (phone) => {
    const { commands } = told({ columns: { account: 'telephone2' } }, { telephone2: phone });

    expect(commands.map(({ fields }) => fields)).toEqual([
      { externalCompanyId: accountId, mainPhone: phone },
    ]);
  });

  it('is sent to its other field of Marketo', () => {
    const { commands } = told({ marketo: 'hotline' }, {});

    expect(commands.map(({ fields }) => fields)).toEqual([{ externalCompanyId: accountId, hotline: '123' }]);
  });
});
