import { defaultMapping } from '@lockstep/reconciliation';
import { readRules } from './readRules.ts';
import { faultLine } from './ruleFault.ts';

const rulesOf = (text: string) => {
  const result = readRules(text);
  if ('faults' in result) throw new Error(result.faults.map((fault) => faultLine('f', fault)).join('\n'));

  return result.rules;
};
const rowOf = (text: string, name: string) => rulesOf(text).mapping.find(({ field }) => field === name);
const linesOf = (text: string): string[] => {
  const result = readRules(text);

  return 'faults' in result ? result.faults.map((fault) => faultLine('lockstep.yaml', fault)) : [];
};

describe('lockstep.yaml', () => {
  it.each(['', '# nothing yet\n', 'persons: {}\n', 'persons: { fields: {}, conflicts: native }\n'])(
    'leaves the default mapping as it is when it says nothing (%j)',
    (text) => {
      expect(rulesOf(text).mapping).toEqual(defaultMapping);
      expect(rulesOf(text).matchByEmail).toBe(null);
      expect(rulesOf(text).deletedInMarketo).toBe('recreate');
      expect(rulesOf(text).deletedInDynamics).toBe('flag');
      expect(rulesOf(text).rowWhenPersonDeleted).toBe('keep');
    },
  );

  it('says where an alias stands for nothing, and takes one that stands for something', () => {
    expect(linesOf('persons:\n  filter: { column: emailaddress1, endsWith: *@example.com }\n')).toEqual([
      expect.stringMatching(
        /^lockstep\.yaml:2:46 YAML_INVALID \*@example\.com stands for nothing .* needs quotes\.$/,
      ),
    ]);
    const lists = Array.from({ length: 9 }, (_, depth) => `  - &a${depth + 1} [${`*a${depth}, `.repeat(9)}]`);
    expect(linesOf(`persons:\n  - &a0 [1]\n${lists.join('\n')}\n`)).toEqual([
      expect.stringMatching(/^lockstep\.yaml:3:10 YAML_INVALID \*a0 stands for nothing .* for too much/),
    ]);
    expect(
      rulesOf('persons: { filter: { lead: &all { column: fax, isEmpty: true }, contact: *all } }').filters,
    ).toEqual(rulesOf('persons: { filter: { column: fax, isEmpty: true } }').filters);
  });

  // It has no end: checking its shape ended the service that read the file again.
  it('says where an alias stands for something that it is in', () => {
    const text =
      'persons:\n  filter: { lead: &l { column: fax, is: 1 }, contact: &c { any: [*l, { not: *c }] } }\n';

    expect(linesOf(text)).toEqual([
      expect.stringMatching(
        /^lockstep\.yaml:2:77 YAML_INVALID \*c stands for .* or for something that it is in/,
      ),
    ]);
  });

  it('takes a field out', () => {
    expect(rowOf('persons: { fields: { fax: off } }', 'fax')).toBeUndefined();
  });

  it('renames a field on either side and turns it one-way', () => {
    const text =
      'persons: { fields: { notes: { marketo: crmNotes, contact: new_notes, direction: to-marketo } } }';

    expect(rowOf(text, 'notes')).toEqual({
      ...{ field: 'notes', type: 'string', marketo: 'crmNotes', direction: 'to-marketo' },
      columns: { lead: 'description', contact: 'new_notes' },
    });
  });

  it('adds a field of two tables as one', () => {
    const text = `
persons:
  fields:
    favouriteColour: { lead: new_colour, contact: new_colour, marketo: favouriteColour, conflict: dynamics, write: once }
`;

    expect(rowOf(text, 'favouriteColour')).toEqual({
      ...{ field: 'favouriteColour', type: 'string', marketo: 'favouriteColour', direction: 'both' },
      columns: { lead: 'new_colour', contact: 'new_colour' },
      ...{ conflict: { lead: 'dynamics', contact: 'dynamics' }, write: 'once' },
    });
  });

  it('gives several options of a new field to Marketo only', () => {
    const text = 'persons: { fields: { hobbies: { lead: new_hobbies, marketo: hobbies, type: options } } }';

    expect(rowOf(text, 'hobbies')).toMatchObject({ type: 'options', direction: 'to-marketo' });
  });

  it('takes several options both ways, united, where the file has their labels', () => {
    const options = 'type: options, direction: both, labels: { 4: Chess, 30: Sailing }, conflict: union';
    const text = `persons: { fields: { hobbies: { lead: new_hobbies, marketo: hobbies, ${options} } } }`;

    expect(rowOf(text, 'hobbies')).toMatchObject({
      ...{ type: 'options', direction: 'both', labels: { Chess: 4, Sailing: 30 } },
      conflict: { lead: 'union', contact: 'union' },
    });
  });

  it('takes labels in place of those of the option set, number by number', () => {
    const labels = rowOf('persons: { fields: { rating: { labels: { 1: Boiling } } } }', 'rating')?.labels;

    expect(labels).toEqual({ Boiling: 1, Warm: 2, Cold: 3 });
  });

  it('leaves a number that leads and contacts call by two names to what Dynamics shows', () => {
    const status = rowOf('persons: { fields: { leadStatus: { labels: { 0: Alive } } } }', 'leadStatus');
    const reason = rowOf(
      'persons: { fields: { crmStatusReason: { labels: { 3: Won } } } }',
      'crmStatusReason',
    );

    expect(status?.labels).toEqual({ Alive: 0, Disqualified: 2 });
    expect(reason?.labels).toMatchObject({ Won: 3, Lost: 4 });
    expect(Object.values(reason?.labels ?? {})).not.toContain(2);
  });

  it('writes fields of companies back, and reads of persons what they do not show already', () => {
    const { writeBack, mapping } = rulesOf('accounts: { writeBack: [company, billingCity] }');

    expect(writeBack).toEqual(['company', 'billingCity']);
    expect(mapping).toEqual([
      ...defaultMapping,
      { field: 'billingCity', type: 'string', marketo: 'billingCity', columns: {}, direction: 'none' },
    ]);
  });

  it.each(['industry', 'externalSalesPersonId'])('cannot write %s of companies back', (field) => {
    expect(linesOf(`accounts: { writeBack: [${field}] }`)[0]).toContain('VALUE_INVALID');
  });

  it.each(['once', 'once-by-dynamics', 'once-by-marketo'])('has a field written %s', (write) => {
    expect(rowOf(`persons: { fields: { leadSource: { write: ${write} } } }`, 'leadSource')?.write).toBe(
      write,
    );
  });

  it('refuses a field that the side that speaks alone may write once', () => {
    const rule = 'persons: { fields: { leadScore: { write: once-by-dynamics } } }';

    expect(linesOf(rule)[0]).toContain('POLICY_IMPOSSIBLE leadScore flows to-dynamics only');
  });

  it('gives one value to everybody', () => {
    const text = 'persons: { fields: { region: { constant: EMEA, marketo: region } } }';

    expect(rowOf(text, 'region')).toMatchObject({ constant: 'EMEA', direction: 'to-marketo', columns: {} });
  });

  it.each([
    ['decimal', '5', '5'],
    ['decimal', '1.50', '1.5'],
    ['decimal', '"01.50"', '1.5'],
    ['timestamp', '2026-11-28', '2026-11-28T00:00:00Z'],
    ['timestamp', '"2026-11-28T01:00:00.5+01:00"', '2026-11-28T00:00:00Z'],
    ['date', '2026-11-28', '2026-11-28'],
    ['integer', '5', 5],
    ['boolean', 'false', false],
  ])('gives a constant of type %s, %s, in the form in which Dynamics shows it', (type, text, constant) => {
    const rule = `{ type: ${type}, constant: ${text}, lead: new_x, marketo: x }`;

    expect(rowOf(`persons: { fields: { x: ${rule} } }`, 'x')?.constant).toBe(constant);
  });

  it.each([
    ['decimal', '""'],
    ['decimal', '0.123456789012'],
    ['decimal', 'true'],
    ['timestamp', 'soon'],
    ['date', '2026-02-31'],
    ['date', '2026-11-28T00:00:00Z'],
    ['string', '""'],
  ])('refuses a constant of type %s that is none: %s', (type, text) => {
    const rule = `{ type: ${type}, constant: ${text}, lead: new_x, marketo: x }`;

    expect(linesOf(`persons: { fields: { x: ${rule} } }`)[0]).toContain('VALUE_INVALID constant must be');
  });

  it('has one policy for all fields of a kind, another for one field, and none for opt-outs', () => {
    const text = 'persons: { conflicts: { lead: newest }, fields: { city: { conflict: { lead: native } } } }';

    expect(rowOf(text, 'jobTitle')?.conflict).toEqual({ lead: 'newest' });
    expect(rowOf(text, 'city')?.conflict).toBeUndefined();
    expect(rowOf(text, 'unsubscribed')?.conflict).toBeUndefined();
  });

  it.each([
    ['on', 'new_emailinvalid', 3],
    ['{ invalid: cr_invalid }', 'cr_invalid', 1],
  ])('tells Dynamics of bounces by one line (%s)', (value, column, count) => {
    const text = `persons: { bounces: ${value} }`;

    expect(rulesOf(text).mapping).toHaveLength(defaultMapping.length + count);
    expect(rowOf(text, 'emailInvalid')).toMatchObject({
      ...{ type: 'boolean', marketo: 'emailInvalid', direction: 'to-dynamics' },
      columns: { lead: column, contact: column },
    });
  });

  it('lets a row into Marketo by a condition, of one table or both, beside new_synctomkto or in its place', () => {
    const text = `
persons:
  filter:
    all:
      - { column: emailaddress1, isEmpty: false }
      - any: [{ column: new_region, in: [EMEA, 3] }, { not: { column: modifiedon, olderThanDays: 365 } }]
  syncColumn: off
entities: { account: { filter: { column: name, isNot: Test } } }
`;
    const lead = {
      all: [
        { not: { name: 'emailaddress1', test: { operator: 'isEmpty' } } },
        {
          any: [
            { name: 'new_region', test: { operator: 'is', operand: ['EMEA', 3] } },
            { not: { name: 'modifiedon', test: { operator: 'olderThanDays', operand: 365 } } },
          ],
        },
      ],
    };

    expect(rulesOf(text).filters).toEqual({
      byTable: {
        ...{ lead, contact: lead },
        account: { not: { name: 'name', test: { operator: 'is', operand: ['Test'] } } },
      },
      ignoresSyncColumn: true,
    });
    expect(rulesOf('persons: { filter: { contact: { column: a, is: b } } }').filters).toEqual({
      byTable: { contact: { name: 'a', test: { operator: 'is', operand: ['b'] } } },
    });
    expect(rulesOf('').filters).toBeUndefined();
  });

  it('makes rows of people of Marketo for whom a condition over golden fields holds', () => {
    const text =
      'persons: { createInDynamics: { when: { field: leadScore, atLeast: 50 }, owner: ann@example.com } }';

    expect(rulesOf(text).createInDynamics).toEqual({
      when: { name: 'leadScore', test: { operator: 'atLeast', operand: 50 } },
      ...{ as: 'lead', owner: 'ann@example.com' },
    });
    expect(rulesOf('').createInDynamics).toBeUndefined();
  });

  it('attaches contacts to accounts, not by the domains that it names', () => {
    const text = 'accounts: { attach: { by: [domain, name], exceptDomains: [Agency.example] } }';

    expect(rulesOf(text).attachAccounts).toEqual({
      ...{ by: ['domain', 'name'], exceptDomains: ['agency.example'] },
    });
    expect(rulesOf('').attachAccounts).toBeUndefined();
  });

  it('tells who turned out of the filter by a field of Marketo', () => {
    const text = 'persons: { whenFilteredOut: { flag: crmIsStale } }';

    expect(rowOf(text, 'crmIsKeptOut')).toMatchObject({ marketo: 'crmIsStale', direction: 'to-marketo' });
  });

  it('says what becomes of persons that were deleted in Marketo', () => {
    expect(rulesOf('persons: { deletedInMarketo: stay-deleted }').deletedInMarketo).toBe('stay-deleted');
  });

  it.each(['keep', 'flag', 'delete'])('says what becomes of persons whose row was deleted (%s)', (policy) => {
    expect(rulesOf(`persons: { deletedInDynamics: ${policy} }`).deletedInDynamics).toBe(policy);
  });

  it.each(['keep', 'deactivate', 'delete'])(
    'says what becomes of rows whose person was deleted (%s)',
    (policy) => {
      expect(rulesOf(`persons: { rowWhenPersonDeleted: ${policy} }`).rowWhenPersonDeleted).toBe(policy);
    },
  );

  it.each(['mergedInMarketo', 'mergedInDynamics'] as const)(
    'says whether the other side follows a merge (%s), which it does not unless it is said',
    (key) => {
      expect(rulesOf(`persons: { ${key}: follow }`)[key]).toBe('follow');
      expect(rulesOf('persons: { matchByEmail: true }')[key]).toBe('keep');
    },
  );

  it('lets rows of accounts and opportunities wait for a person', () => {
    const text = 'entities: { account: { onlyWithPersons: true }, opportunity: { onlyWithPersons: false } }';

    expect(rulesOf(text).filters).toEqual({ byTable: {}, onlyNamed: ['account'] });
    expect(rulesOf('entities: { account: { onlyWithPersons: false } }').filters).toBeUndefined();
  });

  it('removes persons whose row turned out of the filter, and tells nobody', () => {
    const { filters, mapping } = rulesOf('persons: { whenFilteredOut: remove }');

    expect(filters).toEqual({ byTable: {}, removesPersons: true });
    expect(mapping).toEqual(defaultMapping);
  });

  it('has one hash for one meaning, and another for another', () => {
    const [one, same, other] = [
      'persons: { matchByEmail: true, fields: { fax: off, city: { conflict: newest } } }',
      '# the same\npersons:\n  fields:\n    city: { conflict: newest }\n    fax: off\n  matchByEmail: true\n',
      'persons: { matchByEmail: true, fields: { fax: off, city: { conflict: review } } }',
    ].map((text) => rulesOf(text).hash);

    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });
});

describe('a fault in lockstep.yaml', () => {
  it.each([
    ['persons:\n  fields: [', 'lockstep.yaml:2:12 YAML_INVALID'],
    [
      'person: {}',
      'lockstep.yaml:1:1 KEY_UNKNOWN person is unknown; persons, accounts, entities, customEntities may stand here. Did you mean persons?',
    ],
    [
      'persons:\n  fields:\n    city: { conflict: newst }',
      'lockstep.yaml:3:23 VALUE_INVALID conflict must be one of native, newest, marketo, dynamics, review, union or a map. Did you mean newest?',
    ],
    [
      'persons:\n  fields:\n    city: { conflits: newest }',
      'lockstep.yaml:3:13 KEY_UNKNOWN conflits is unknown; marketo, lead, contact, type, direction, conflict, write, labels, constant may stand here. Did you mean conflict?',
    ],
    [
      'persons:\n  conflicts:\n    laed: newest',
      'lockstep.yaml:3:5 KEY_UNKNOWN laed is unknown; lead, contact may stand here. Did you mean lead?',
    ],
    [
      'persons:\n  fields:\n    jobtitel: off',
      'lockstep.yaml:3:5 FIELD_UNKNOWN jobtitel is no field of the mapping. Did you mean jobTitle?',
    ],
    [
      'persons:\n  matchByEmail: perhaps',
      'lockstep.yaml:2:17 VALUE_INVALID matchByEmail must be true or false.',
    ],
    [
      'persons:\n  fields:\n    colour: { lead: new_colour }',
      'lockstep.yaml:3:5 FIELD_INCOMPLETE colour is new: it needs marketo, and lead, contact or constant.',
    ],
    [
      'persons:\n  fields:\n    crmId: off',
      'lockstep.yaml:3:5 FIELD_FIXED crmId says who a record is; it stays as it is.',
    ],
    [
      'persons:\n  fields:\n    colour: { lead: new_colour, marketo: city }',
      'lockstep.yaml:3:42 FIELD_TAKEN city already belongs to city.',
    ],
    [
      'persons:\n  fields:\n    leadStatus:\n      direction: both',
      'lockstep.yaml:4:18 DIRECTION_IMPOSSIBLE statecode is not for us to write; leadStatus flows to Marketo only.',
    ],
    [
      'persons:\n  fields:\n    unsubscribed: { write: once }',
      'lockstep.yaml:3:28 POLICY_IMPOSSIBLE unsubscribed is an opt-out; older data never undoes it.',
    ],
    [
      'persons:\n  fields:\n    rating: { labels: { Hot: 1 } }',
      'lockstep.yaml:3:25 KEY_UNKNOWN Hot is unknown; a name like ^-?[0-9]{1,10}$ may stand here.',
    ],
    [
      'persons:\n  fields:\n    rating: { labels: { 1: Warm } }',
      'lockstep.yaml:3:23 LABELS_WRONG Warm is the stock label of 2; it could not be read back. Name 2 as well.',
    ],
    [
      'persons:\n  fields:\n    rating: { labels: { 1: Hot, 2: Hot } }',
      'lockstep.yaml:3:23 LABELS_WRONG Two numbers have one label; it could not be read back.',
    ],
    [
      'persons:\n  fields:\n    colour: { type: options, direction: both, lead: new_colour, marketo: colour }',
      'lockstep.yaml:3:41 DIRECTION_IMPOSSIBLE colour needs labels to be written to Dynamics.',
    ],
    [
      'persons:\n  fields:\n    colour: { type: options, labels: { 1: a;b }, lead: new_colour, marketo: colour }',
      'lockstep.yaml:3:38 LABELS_WRONG A label has a semicolon, which stands between labels.',
    ],
    [
      'persons:\n  fields:\n    jobTitle: { conflict: union }',
      'lockstep.yaml:3:27 POLICY_IMPOSSIBLE jobTitle holds one value; only several options are united.',
    ],
    [
      'persons:\n  fields:\n    colour: { type: option, lead: new_colour, marketo: colour }',
      'lockstep.yaml:3:5 DIRECTION_IMPOSSIBLE colour needs labels to be written to Dynamics.',
    ],
    [
      'persons:\n  filter:\n    all:\n      - { column: a, is: b }\n      - { column: a, equals: b }',
      'lockstep.yaml:5:22 KEY_UNKNOWN equals is unknown; all, any, not, column, is,',
    ],
    [
      'persons:\n  filter:\n    lead: { column: a, is: [b] }',
      'lockstep.yaml:3:28 VALUE_INVALID is must be a text or a number or true or false.',
    ],
    [
      'persons:\n  filter:\n    all:\n      - { column: a, is: b, in: [c] }',
      'lockstep.yaml:4:9 EXPRESSION_INVALID column has one test, not 2.',
    ],
    [
      'persons:\n  filter: { not: { all: [{ column: a, is: b }], is: c } }',
      'lockstep.yaml:2:18 EXPRESSION_INVALID all stands alone.',
    ],
    [
      'entities:\n  account: { filter: { olderThanDays: 3 } }',
      'lockstep.yaml:2:22 EXPRESSION_INVALID An expression is all, any, not, or a name and one test.',
    ],
    [
      'persons: { createInDynamics: { when: { field: leadscore, atLeast: 50 } } }',
      'lockstep.yaml:1:47 FIELD_UNKNOWN leadscore is no field of the mapping. Did you mean leadScore?',
    ],
    ['persons: { createInDynamics: { as: contact } }', 'lockstep.yaml:1:30 VALUE_INVALID when is missing.'],
    [
      'accounts: { attach: { by: [domain] } }\npersons: { fields: { companyId: off } }',
      'lockstep.yaml:1:21 POLICY_IMPOSSIBLE accounts are attached only while companyId of contacts is mapped',
    ],
    [
      'accounts: { attach: { by: [domain] } }\nentities: { account: { fields: { website: off } } }',
      'lockstep.yaml:1:21 POLICY_IMPOSSIBLE accounts are attached only while website of accounts is mapped',
    ],
    [
      'persons: { whenFilteredOut: { flag: city } }',
      'lockstep.yaml:1:37 FIELD_TAKEN city already belongs to city.',
    ],
  ])('is told with its place, and the nearest name (%j)', (text, line) => {
    const [first = ''] = linesOf(text);

    expect(first.slice(0, line.length)).toBe(line);
  });

  it('does not hide the others', () => {
    const lines = linesOf('persons:\n  conflict: newest\n  fields:\n    city: { write: twice }\n    fax: on');

    expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'lockstep.yaml:2:3 KEY_UNKNOWN',
      'lockstep.yaml:4:20 VALUE_INVALID',
      'lockstep.yaml:5:10 VALUE_INVALID',
    ]);
  });
});
