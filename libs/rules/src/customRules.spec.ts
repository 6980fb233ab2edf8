import { readRules } from './readRules.ts';
import { faultLine } from './ruleFault.ts';

function entitiesOf(text: string) {
  const result = readRules(`customEntities:\n${text}`);

  return 'rules' in result
    ? result.rules.customEntities
    : result.faults.map((fault) => faultLine('lockstep.yaml', fault));
}

describe('customEntities', () => {
  it('name tables, and what their rows are in Marketo', () => {
    expect(entitiesOf('  new_visit: { person: new_tripid.new_contactid }')).toEqual([
      {
        ...{ table: 'new_visit', type: 'new_visit', key: 'crmId', link: 'leadId', to: 'person' },
        ...{ path: ['new_tripid', 'new_contactid'], fields: null },
      },
    ]);
    const text = '{ type: car_c, key: vin, link: owner, company: new_accountid, fields: { new_year: year } }';
    expect(entitiesOf(`  new_car: ${text}`)).toEqual([
      {
        ...{ table: 'new_car', type: 'car_c', key: 'vin', link: 'owner', to: 'company' },
        ...{ path: ['new_accountid'], fields: { new_year: 'year' } },
      },
    ]);
  });

  it.each([
    ['new_visit: {}', 'FIELD_INCOMPLETE new_visit needs one of person and company.'],
    ['new_visit: { person: a, company: b }', 'FIELD_INCOMPLETE new_visit needs one of person and company.'],
    ['account: { person: a }', 'FIELD_FIXED account goes to Marketo in its own way.'],
    ['lead: { person: a }', 'FIELD_FIXED lead goes to Marketo in its own way.'],
    ['new_visit: { person: a.b.c }', 'VALUE_INVALID person must be a name like'],
    ['new_visit: { person: a, fields: { x: crmId } }', 'FIELD_TAKEN crmId already belongs to the key.'],
    ['new_visit: { person: a, fields: { x: leadId } }', 'FIELD_TAKEN leadId already belongs to the link.'],
    ['new_visit: { person: a, fields: { x: n, y: n } }', 'FIELD_TAKEN n already belongs to x.'],
    ['new_visit: { persons: a }', 'KEY_UNKNOWN persons is unknown'],
    ['New_Visit: { person: a }', 'KEY_UNKNOWN New_Visit is unknown; a name like ^[a-z]'],
    [
      'new_visit: { person: a, fields: { New_Fee: fee } }',
      'KEY_UNKNOWN New_Fee is unknown; a name like ^[a-z]',
    ],
  ])('are refused with the place and the reason: %s', (text, fault) => {
    expect(entitiesOf(`  ${text}`)?.[0]).toContain(fault);
  });
});
