import { exampleMapping } from './exampleParts.ts';
import type { MappingRow } from '../mapping.ts';
import { conflictsOf, linkedPair, strangers, values, writesTo, type Pair } from './examplePairs.ts';

/** The worked examples of docs/conflict-resolution.md about the operator's policies. */

/** The default mapping with something added to one field. */
const mappingWith = (field: string, extras: Partial<MappingRow>): readonly MappingRow[] =>
  exampleMapping.map((row) => (row.field === field ? { ...row, ...extras } : row));
const both = (policy: NonNullable<MappingRow['conflict']>['lead']): Partial<MappingRow> =>
  policy ? { conflict: { lead: policy, contact: policy } } : {};
const titled = (kind: 'lead' | 'contact', extras: Partial<MappingRow>): Pair =>
  linkedPair(kind, { jobtitle: 'Engineer' }, { mapping: mappingWith('jobTitle', extras) });

/** Neither side knows of the other; Marketo's edit is of 10:00. */
function editBoth({ world, row, person }: Pair, dynamicsAt: string | null = null): void {
  world.dynamics.edit(row, { jobtitle: 'Director' }, dynamicsAt);
  world.marketo.write(person, { title: 'Architect' });
}

describe('a named side', () => {
  it.each([
    ['marketo', 'contact', 'Architect'],
    ['dynamics', 'lead', 'Director'],
  ] as const)('%s wins on a %s', (side, kind, winner) => {
    const pair = titled(kind, both(side));
    editBoth(pair);
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual([winner, winner, winner]);
    expect(conflictsOf(pair.world)).toMatchObject([
      { winner: side, winnerValue: winner, rule: `${side}-wins` },
    ]);
  });

  it('named for leads says nothing about contacts', () => {
    const pair = titled('contact', { conflict: { lead: 'marketo' } });
    editBoth(pair);
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
  });
});

describe('the newest edit', () => {
  it.each([
    ['2026-11-22T09:59:00Z', 'Architect', 'newest-wins'],
    ['2026-11-22T10:01:00Z', 'Director', 'newest-wins'],
    ['2026-11-22T10:00:00Z', 'Director', 'dynamics-wins-for-contacts'],
    [null, 'Director', 'dynamics-wins-for-contacts'],
  ])('wins; Dynamics at %s against 10:00 gives %s', (dynamicsAt, winner, rule) => {
    const pair = titled('contact', both('newest'));
    editBoth(pair, dynamicsAt);
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual([winner, winner, winner]);
    expect(conflictsOf(pair.world)).toMatchObject([{ winnerValue: winner, rule }]);
  });

  it('wins whichever is seen first', () => {
    const pair = titled('contact', both('newest'));
    editBoth(pair, '2026-11-22T09:59:00Z');
    pair.world.readMarketo(pair.person);
    pair.world.readDynamics(pair.row);
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
  });
});

describe('a conflict held for review', () => {
  /** Marketo's edit became golden, and waits to be written; that of Dynamics contradicts. */
  function held(): Pair {
    const pair = titled('lead', both('review'));
    pair.world.marketo.write(pair.person, { title: 'Architect' });
    pair.world.readMarketo(pair.person);
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
    pair.world.readDynamics(pair.row);
    pair.world.settle();
    return pair;
  }

  const parked = ({ world, row }: Pair) => world.record(`dynamics/lead/${row}`).rows[0]?.parked;

  it('leaves both sides as they are and is recorded once', () => {
    const pair = held();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Architect', 'Architect']);
    expect(conflictsOf(pair.world)).toMatchObject([
      { winnerValue: 'Architect', loserValue: 'Director', rule: 'held-for-review' },
    ]);
    expect(parked(pair)).toEqual({ jobTitle: { value: 'Architect', code: 'FIELD_HELD' } });
  });

  it.each(['dynamics', 'marketo'] as const)('is decided by the next edit of the field, in %s', (side) => {
    const pair = held();
    const { world, row, person } = pair;

    if (side === 'dynamics') world.dynamics.edit(row, { jobtitle: 'President' });
    else world.marketo.write(person, { title: 'President' });
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['President', 'President', 'President']);
    expect(parked(pair)).toEqual({});
  });

  it('is over when the other side takes the golden value', () => {
    const pair = held();
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Architect' });
    pair.world.settle();

    expect(parked(pair)).toEqual({});
    expect(conflictsOf(pair.world)).toHaveLength(1);
  });

  it('is over at once where our write ran over the edit that lost', () => {
    const pair = titled('lead', both('review'));
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.readDynamics(row);
    world.marketo.write(person, { title: 'Architect' });
    world.carryOut();
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(conflictsOf(world)).toMatchObject([{ loserValue: 'Architect', rule: 'held-for-review' }]);
    expect(world.record(`dynamics/lead/${row}`).rows[1]?.parked).toEqual({});
  });

  it.each([
    ['its answer', true],
    ['the feed', false],
  ])(
    'is over too where a write that was on its way ran over the edit that was held, as %s tells',
    (_, isAnswered) => {
      const pair = titled('lead', both('review'));
      const { world, row, person } = pair;
      world.dynamics.edit(row, { jobtitle: 'Director' });
      world.readDynamics(row);
      world.dynamics.edit(row, { jobtitle: 'President' });
      world.marketo.write(person, { title: 'Architect' });
      world.readDynamics(row);
      world.readMarketo(person);
      world.carryOut({ loseAnswers: !isAnswered });
      world.settle();
      world.wakeUp(121_000);
      world.settle();

      expect(values(pair, 'jobTitle')).toEqual(['President', 'President', 'President']);
      expect(conflictsOf(world)).toMatchObject([{ loserValue: 'Architect', rule: 'held-for-review' }]);
    },
  );

  it('is one again when both sides edit the field anew, though a write was open', () => {
    const pair = held();
    const { world, row, person } = pair;
    world.marketo.write(person, { city: 'Lyon' });
    world.readMarketo(person);
    world.marketo.write(person, { title: 'President' });
    world.readMarketo(person);
    world.dynamics.edit(row, { jobtitle: 'Pilot' });
    world.readDynamics(row);
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Pilot', 'President', 'President']);
    expect(conflictsOf(world).at(-1)).toMatchObject({ loserValue: 'Pilot', rule: 'held-for-review' });
  });

  it('does not hold up other fields', () => {
    const pair = held();
    pair.world.dynamics.edit(pair.row, { address1_city: 'Lyon' });
    pair.world.settle();

    expect(values(pair, 'city')).toEqual(['Lyon', 'Lyon', 'Lyon']);
    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Architect', 'Architect']);
  });
});

describe('a field that is written once', () => {
  it('keeps its first value against edits of either side, which are put back and recorded', () => {
    const pair = titled('lead', { write: 'once' });
    const { world, row, person } = pair;
    world.marketo.write(person, { title: 'Architect' });
    world.settle();
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
    expect(conflictsOf(world).map(({ loserValue, rule }) => [loserValue, rule])).toEqual([
      ['Architect', 'write-once'],
      ['Director', 'write-once'],
    ]);
  });

  it('takes a value as long as it has none', () => {
    const pair = linkedPair('lead', {}, { mapping: mappingWith('jobTitle', { write: 'once' }) });
    pair.world.marketo.write(pair.person, { title: 'Architect' });
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
  });
});

describe('a field that one side writes once', () => {
  const once = (side: 'dynamics' | 'marketo', kind: 'lead' | 'contact' = 'contact') =>
    titled(kind, { write: `once-by-${side}` });
  const rulesOf = ({ world }: Pair) => conflictsOf(world).map(({ loserValue, rule }) => [loserValue, rule]);

  it('is changed by Marketo and not by Dynamics, whose edits are put back and recorded', () => {
    const pair = once('dynamics');
    const { world, row, person } = pair;
    world.dynamics.edit(row, { jobtitle: 'Director' });
    world.settle();
    expect(values(pair, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
    world.marketo.write(person, { title: 'Architect' });
    world.settle();
    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    world.dynamics.edit(row, { jobtitle: null });
    world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
    expect(rulesOf(pair)).toEqual([
      ['Director', 'write-once'],
      [null, 'write-once'],
    ]);
  });

  it('is changed by Dynamics and not by Marketo, when it is the other one', () => {
    const pair = once('marketo', 'lead');
    pair.world.marketo.write(pair.person, { title: 'Architect' });
    pair.world.settle();
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(rulesOf(pair)).toEqual([['Architect', 'write-once']]);
  });

  it.each(['dynamics first', 'marketo first'])('goes to the other side when both edit it (%s)', (order) => {
    const pair = once('dynamics');
    editBoth(pair);
    if (order === 'dynamics first') pair.world.readDynamics(pair.row);
    else pair.world.readMarketo(pair.person);
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
  });

  it('is that of the other side at a first meeting, and that of the side alone where the other has none', () => {
    const mapping = mappingWith('jobTitle', { write: 'once-by-dynamics' });
    const both = strangers({ jobtitle: 'Engineer' }, { title: 'Architect' }, { kind: 'contact', mapping });
    both.world.settle();
    expect(values(both, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);

    const blank = strangers({ jobtitle: 'Engineer' }, {}, { kind: 'contact', mapping });
    blank.world.settle();
    expect(values(blank, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
  });
});

describe('a field whose blanks are filled', () => {
  const filled = { mapping: mappingWith('jobTitle', { write: 'fill-blanks' }) };

  it('takes a value to a side that has none', () => {
    const pair = linkedPair('contact', {}, filled);
    pair.world.marketo.write(pair.person, { title: 'Architect' });
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Architect', 'Architect', 'Architect']);
  });

  it('leaves what a side has, whatever the other one edits', () => {
    const pair = linkedPair('contact', { jobtitle: 'Engineer' }, filled);
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
    pair.world.settle();
    pair.world.marketo.write(pair.person, { title: 'Architect' });
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Architect']);
    expect(writesTo(pair.world, 'dynamics')).toEqual([]);
    expect(writesTo(pair.world, 'marketo')).toEqual([]);
    expect(conflictsOf(pair.world)).toMatchObject([{ winner: 'dynamics', rule: 'fill-blanks' }]);
  });

  it('is filled again after the other side cleared it', () => {
    const pair = linkedPair('contact', { jobtitle: 'Engineer' }, filled);
    pair.world.marketo.write(pair.person, { title: null });
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
  });
});

describe('a constant', () => {
  const region: MappingRow = {
    ...{ field: 'region', type: 'string', columns: {}, marketo: 'region', direction: 'to-marketo' },
    constant: 'EMEA',
  };

  it('is in Marketo for everybody, and put back when somebody changes it', () => {
    const pair = linkedPair('lead', {}, { mapping: [...exampleMapping, region] });
    expect(pair.world.marketo.field(pair.person, 'region')).toBe('EMEA');

    pair.world.marketo.write(pair.person, { region: 'APAC' });
    pair.world.settle();

    expect(pair.world.marketo.field(pair.person, 'region')).toBe('EMEA');
  });
});

describe('a constant of both sides', () => {
  it('is put back on the side that changes it', () => {
    const mapping = mappingWith('jobTitle', { constant: 'Engineer' });
    const pair = linkedPair('contact', { jobtitle: 'Director' }, { mapping });
    expect(values(pair, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
    pair.world.dynamics.edit(pair.row, { jobtitle: 'Director' });
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Engineer', 'Engineer', 'Engineer']);
    const sources = pair.world.state.decisions.flatMap(({ goldenEvent }) => goldenEvent?.changed ?? []);
    expect(sources.filter(({ field }) => field === 'jobTitle')).toMatchObject([
      { source: 'dynamics', rule: 'constant' },
    ]);
  });
});

describe('a bounce', () => {
  it('is told to Dynamics, whose edits of it are put back', () => {
    const bounced: MappingRow = {
      ...{ field: 'emailInvalid', type: 'boolean', marketo: 'emailInvalid', direction: 'to-dynamics' },
      columns: { lead: 'new_emailinvalid', contact: 'new_emailinvalid' },
    };
    const columns = { new_emailinvalid: false };
    const pair = linkedPair('contact', columns, { mapping: [...exampleMapping, bounced] });
    pair.world.marketo.write(pair.person, { emailInvalid: true });
    pair.world.settle();
    pair.world.dynamics.edit(pair.row, { new_emailinvalid: false });
    pair.world.settle();

    expect(values(pair, 'emailInvalid')).toEqual([true, true, true]);
  });
});

describe('labels of the operator', () => {
  it('go before those of Dynamics, both ways', () => {
    const mapping = mappingWith('rating', { labels: { Boiling: 1, Warm: 2 } });
    const pair = linkedPair('lead', { leadqualitycode: 1 }, { mapping });
    expect(values(pair, 'rating')).toEqual([1, 'Boiling', 'Boiling']);

    pair.world.marketo.write(pair.person, { rating: 'Warm' });
    pair.world.settle();

    expect(values(pair, 'rating')).toEqual([2, 'Warm', 'Warm']);
  });
});

describe('a union', () => {
  it('of texts is none: who wins is decided as for any field', () => {
    const pair = titled('contact', both('union'));
    editBoth(pair);
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(['Director', 'Director', 'Director']);
    expect(conflictsOf(pair.world)).toMatchObject([{ rule: 'dynamics-wins-for-contacts' }]);
  });
});

describe('an opt-out', () => {
  it('of Dynamics wins on a lead over one that Marketo took back before it was known', () => {
    const pair = linkedPair('lead', { donotbulkemail: null });
    const { world, row, person } = pair;
    world.state.withheld.add('dynamics');
    for (const unsubscribed of [true, false]) {
      world.marketo.write(person, { unsubscribed });
      world.readMarketo(person);
    }
    world.dynamics.edit(row, { donotbulkemail: true });
    world.state.withheld.clear();
    world.settle();

    expect(values(pair, 'unsubscribed')).toEqual([true, true, true]);
    expect(conflictsOf(world)).toMatchObject([{ winner: 'dynamics', rule: 'opt-out-wins' }]);
  });

  it('is not undone by older data, whatever the policy of its field', () => {
    const mapping = mappingWith('unsubscribed', both('dynamics'));
    const pair = linkedPair('contact', { donotbulkemail: false }, { mapping });
    pair.world.dynamics.edit(pair.row, { donotbulkemail: null });
    pair.world.marketo.write(pair.person, { unsubscribed: true });
    pair.world.settle();

    expect(values(pair, 'unsubscribed')).toEqual([true, true, true]);
  });
});

describe('a first meeting', () => {
  it.each([
    ['marketo', ['Architect', 'Architect', 'Architect']],
    ['review', ['Engineer', 'Engineer', 'Architect']],
  ] as const)('of two values follows the policy %s', (policy, after) => {
    const pair = strangers(
      { jobtitle: 'Engineer' },
      { title: 'Architect' },
      { kind: 'contact', mapping: mappingWith('jobTitle', both(policy)) },
    );
    pair.world.settle();

    expect(values(pair, 'jobTitle')).toEqual(after);
  });
});

describe('a decision', () => {
  it('carries the hash of its rules, and so does the record', () => {
    const { world, row, person } = linkedPair('lead', { jobtitle: 'Engineer' });
    Object.assign(world.state.policy, { rules: 'hash' });
    world.marketo.write(person, { title: 'Architect' });
    world.settle();

    const events = world.state.decisions.flatMap(({ goldenEvent }) => goldenEvent ?? []);
    expect(events[0]?.rules).toBe(null);
    expect(events.at(-1)?.rules).toBe('hash');
    expect(world.record(`dynamics/lead/${row}`).rules).toBe('hash');
  });
});
