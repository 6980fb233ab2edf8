import { expectFirstLoad } from './expectations.ts';
import type { Person, Values } from './people.ts';
import { judge, type Evidence } from './verdict.ts';

const lead: Person = { table: 'lead', id: 'l1', row: { lastname: 'One', jobtitle: 'Boss' }, inMarketo: null };
const contact: Person = { table: 'contact', id: 'c1', row: { lastname: 'Two' }, inMarketo: null };
const away: Person = {
  table: 'lead',
  id: 'l2',
  row: { lastname: 'Off', new_synctomkto: false },
  inMarketo: null,
};

const leadRow = {
  lastname: 'One',
  jobtitle: 'Boss',
  statecode: 0,
  statuscode: 1,
  leadqualitycode: 2,
  preferredcontactmethodcode: 1,
};
const contactRow = { lastname: 'Two', statecode: 0, statuscode: 1, preferredcontactmethodcode: 1 };
const awayRow = { ...leadRow, lastname: 'Off', jobtitle: null };
const leadPerson: Values = {
  id: 1,
  crmId: 'l1',
  crmType: 'Lead',
  crmIsDeleted: false,
  lastName: 'One',
  title: 'Boss',
  leadStatus: 'Open',
  crmStatusReason: 'New',
  rating: 'Warm',
  crmPreferredContactMethod: 'Any',
};
const contactPerson: Values = {
  id: 2,
  crmId: 'c1',
  crmType: 'Contact',
  crmIsDeleted: false,
  lastName: 'Two',
  leadStatus: 'Active',
  crmStatusReason: 'Active',
  crmPreferredContactMethod: 'Any',
};
const stranger: Values = { id: 3, crmId: null, email: 'only@example.com', lastName: 'Only' };

type Sides = { leads?: Record<string, Values>; people?: Values[] };

function evidence({ leads, people }: Sides = {}, rest: Partial<Evidence> = {}): Evidence {
  const persons = people ?? [leadPerson, contactPerson, stranger];
  return {
    dynamics: {
      lead: new Map(Object.entries(leads ?? { l1: leadRow, l2: awayRow })),
      contact: new Map([['c1', contactRow]]),
    },
    marketo: new Map(persons.map((person) => [Number(person['id']), person])),
    expected: [lead, contact, away].map((person) => expectFirstLoad(person)),
    marketoOnly: [{ email: 'only@example.com', lastName: 'Only' }],
    steps: [{ title: 'edit in Dynamics', ms: 5 }],
    linkedPairsMin: 2,
    ...rest,
  };
}

const texts = (sides?: Sides, rest?: Partial<Evidence>): string[] =>
  judge(evidence(sides, rest)).failures.map(({ kind, text }) => `${kind}: ${text}`);

describe('judge', () => {
  it('is content when both sides are as expected', () => {
    expect(judge(evidence())).toEqual({ failures: [], differences: 0, unexpected: 0, linkedPairs: 2 });
  });

  it('names field and ids of a difference on either side, and no value', () => {
    expect(texts({ people: [{ ...leadPerson, title: 'Secret' }, contactPerson, stranger] })).toEqual([
      'difference: lead l1 and person 1: jobtitle (title) in Marketo is not as expected',
    ]);
    expect(texts({ leads: { l1: { ...leadRow, jobtitle: null }, l2: awayRow } })).toEqual([
      'difference: lead l1 and person 1: jobtitle (title) in Dynamics is not as expected',
    ]);
  });

  it('misses a person, and counts too few pairs', () => {
    expect(texts({ people: [contactPerson, stranger] })).toEqual([
      'missing: lead l1 has no person in Marketo',
      'tooFew: 1 linked pairs, at least 2 expected',
    ]);
  });

  it('misses a row', () => {
    expect(texts({ leads: { l2: awayRow } })).toContain('missing: lead l1 is not in Dynamics');
  });

  it('does not expect a second person of one row', () => {
    expect(texts({ people: [leadPerson, { ...leadPerson, id: 9 }, contactPerson, stranger] })).toEqual([
      'unexpected: person 9 is in Marketo although lead l1 has a person already',
    ]);
  });

  it('does not expect a person of a row that must stay away', () => {
    expect(texts({ people: [leadPerson, contactPerson, stranger, { id: 8, crmId: 'l2' }] })).toContain(
      'unexpected: person 8 is in Marketo although lead l2 must stay away',
    );
  });

  it('does not expect people or rows that nobody made', () => {
    expect(
      texts({
        people: [leadPerson, contactPerson, stranger, { id: 7, crmId: null, email: 'x@example.com' }],
      }),
    ).toEqual(['unexpected: person 7 is in Marketo although nobody made it']);
    expect(texts({ leads: { l1: leadRow, l2: awayRow, l3: leadRow } })).toEqual([
      'unexpected: lead l3 is in Dynamics and nobody made it',
    ]);
  });

  it('wants those of Marketo alone left alone', () => {
    expect(texts({ people: [leadPerson, contactPerson] })).toEqual([
      'missing: a person of Marketo alone is gone or linked',
    ]);
    expect(texts({ people: [leadPerson, contactPerson, { ...stranger, lastName: 'X' }] })).toEqual([
      'difference: a person of Marketo alone and person 3: lastName in Marketo is not as expected',
    ]);
  });

  it('fails for a step that was not seen', () => {
    expect(texts({}, { steps: [{ title: 'opt-out in Marketo', ms: null }] })).toEqual([
      'step: step "opt-out in Marketo" was not seen',
    ]);
  });

  it('wants a person of a deleted row kept and marked', () => {
    const expected = evidence().expected.map((one) =>
      one.id === 'l1' ? { ...one, fate: 'deleted' as const } : one,
    );
    const leads = { l2: awayRow };
    expect(texts({ leads }, { expected, linkedPairsMin: 1 })).toEqual([
      'difference: lead l1 and person 1: crmIsDeleted in Marketo is not as expected',
    ]);
    const people = [{ ...leadPerson, crmIsDeleted: true }, contactPerson, stranger];
    expect(texts({ leads, people }, { expected, linkedPairsMin: 1 })).toEqual([]);
  });
});
