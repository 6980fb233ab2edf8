import { exampleMapping, mappingWithNew } from './exampleParts.ts';
import { accountFields, accountId, createEntityStory } from './exampleEntities.ts';
import { conflictsOf, linkedPair, values, type Pair } from './examplePairs.ts';
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
