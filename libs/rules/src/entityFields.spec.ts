import { entityTypes, type MappingRow } from '@lockstep/reconciliation';
import { readRules } from './readRules.ts';
import { faultLine } from './ruleFault.ts';

function mappingOf(entity: string, text: string): readonly MappingRow[] | readonly string[] {
  const result = readRules(`entities: { ${entity}: { fields: ${text} } }`);

  return 'rules' in result
    ? (result.rules.entityMappings?.[entity] ?? [])
    : result.faults.map((fault) => faultLine('lockstep.yaml', fault));
}

const defaults = entityTypes.account.mapping;

describe('fields of accounts and the like', () => {
  it('are the default ones where the file names none', () => {
    const result = readRules('entities: { account: { filter: { column: name, is: x } } }');

    expect(result).toHaveProperty('rules.filters');
    expect(result).not.toHaveProperty('rules.entityMappings');
  });

  it('are taken out, renamed on either side, and given labels of their own', () => {
    const mapping = mappingOf(
      'account',
      '{ sicCode: off, website: { marketo: homepage }, mainPhone: { column: telephone2 }, industry: { labels: { 1: Farming } } }',
    );
    const changed: Readonly<Record<string, Partial<MappingRow>>> = {
      website: { marketo: 'homepage' },
      mainPhone: { columns: { account: 'telephone2' } },
      industry: { labels: { Farming: 1 } },
    };

    expect(mapping).toEqual(
      defaults.filter(({ field }) => field !== 'sicCode').map((row) => ({ ...row, ...changed[row.field] })),
    );
  });

  it('are joined by new ones, which flow to Marketo only', () => {
    const added = [
      ...['{ tier: { column: new_tier, type: option, labels: { 1: Gold } }, '],
      ...['region: { constant: EMEA, marketo: salesRegion } }'],
    ].join('');
    const toMarketo = { direction: 'to-marketo' as const };

    expect(mappingOf('account', added)).toEqual([
      ...defaults,
      {
        field: 'region',
        type: 'string',
        columns: {},
        marketo: 'salesRegion',
        constant: 'EMEA',
        ...toMarketo,
      },
      {
        ...{ field: 'tier', type: 'option', columns: { account: 'new_tier' }, marketo: 'tier' },
        ...{ labels: { Gold: 1 }, ...toMarketo },
      },
    ]);
    expect(mappingOf('user', '{ city: { column: address1_city } }')).toContainEqual({
      ...{ field: 'city', type: 'string', columns: { systemuser: 'address1_city' }, marketo: 'city' },
      ...toMarketo,
    });
  });

  it.each([
    ['{ websit: off }', 'FIELD_UNKNOWN websit is no field of the mapping. Did you mean website?'],
    ['{ tier: { marketo: tier } }', 'FIELD_INCOMPLETE tier is new: it needs column or constant.'],
    ['{ tier: { column: new_tier, marketo: website } }', 'FIELD_TAKEN website already belongs to website.'],
    [
      '{ tier: { column: a, marketo: externalCompanyId } }',
      'FIELD_TAKEN externalCompanyId already belongs to the key.',
    ],
    ['{ externalSalesPersonId: { column: a } }', 'FIELD_FIXED externalSalesPersonId is a relation'],
    ['{ website: { labels: { 1: A } } }', 'LABELS_WRONG labels are for an option; website is string.'],
    ['{ website: { direction: both } }', 'KEY_UNKNOWN direction is unknown'],
    ['{ numberOfEmployees: { constant: many } }', 'VALUE_INVALID constant must be integer'],
  ])('are refused with the place and the reason: %s', (text, fault) => {
    expect(mappingOf('account', text)).toEqual([expect.stringContaining(fault)]);
  });

  it('stay as they are where their edits go to the account', () => {
    const text = 'accounts: { writeBack: [website] }\nentities: { account: { fields: { website: off } } }';
    const result = readRules(text);

    expect(result).toHaveProperty('faults.0.code', 'FIELD_FIXED');
    expect(result).toHaveProperty('faults.0.line', 2);
  });
});
