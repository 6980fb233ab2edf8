import type { TableDefinition } from '@lockstep/change-events';
import { customEntity, customTypesOf, heldRows, type CustomEntityRule } from '../customEntity.ts';
import { entityMappingsFor, mappingFor } from '../entityTypes.ts';
import type { MappingRow } from '../mapping.ts';

const visit: CustomEntityRule = {
  ...{ table: 'new_visit', type: 'visit_c', key: 'crmId', link: 'leadId', to: 'person', fields: null },
  path: ['new_contactid'],
};
const described = (table: string): TableDefinition => ({
  ...{ table, entitySet: `${table}s`, primaryKey: `${table}id` },
  fields: [
    { name: 'new_count', type: 'integer' },
    { name: 'new_rate', type: 'number' },
    { name: 'new_done', type: 'boolean' },
    { name: 'new_parentid', type: 'lookup' },
    { name: 'statecode', type: 'option' },
  ],
});
const tables = ['lead', 'contact', 'account', 'new_trip', 'new_visit'];
const entityOf = (changes: Partial<CustomEntityRule> = {}) => {
  const rule = { ...visit, ...changes };
  return customEntity(rule, described(rule.table), tables);
};
const linkOf = (changes: Partial<CustomEntityRule>) => entityOf(changes).type.mapping[0];
const inward = { direction: 'to-marketo' } as const;

describe('a custom entity', () => {
  it('is a custom object under the id of its row, and goes with it', () => {
    const { type } = entityOf();
    const { mapping, ...rest } = type;

    expect(rest).toEqual({
      ...{ entity: 'new_visit', table: 'new_visit', marketo: 'custom:visit_c', key: 'crmId' },
      onDelete: 'delete',
    });
    expect(mapping.slice(1).map(({ field, type: held, direction }) => [field, held, direction])).toEqual([
      ['new_count', 'integer', 'to-marketo'],
      ['new_rate', 'integer', 'to-marketo'],
      ['new_done', 'boolean', 'to-marketo'],
    ]);
    expect(customTypesOf([entityOf()])).toEqual({ new_visit: type });
  });

  it.each<[string, Partial<CustomEntityRule>, Partial<MappingRow>]>([
    ['a person', {}, { type: 'integer', parents: ['lead', 'contact'] }],
    ['a company', { to: 'company', path: ['new_accountid'] }, { type: 'string', parents: ['account'] }],
    [
      'a person over another row',
      { path: ['new_tripid', 'new_contactid'] },
      {
        type: 'integer',
        parents: ['account', 'new_trip', 'new_visit'],
        through: {
          tables: ['account', 'new_trip', 'new_visit'],
          field: 'new_contactid',
          parents: ['lead', 'contact'],
        },
      },
    ],
  ])('names %s by its link, which it needs', (_, rule, row) => {
    const [field] = rule.path ?? visit.path;

    expect(linkOf(rule)).toEqual({
      ...{ field, ...inward, columns: { new_visit: field }, marketo: 'leadId', needed: true },
      ...row,
    });
  });
});

describe('a row that paths lead through', () => {
  const over = (changes: Partial<CustomEntityRule> = {}) =>
    entityOf({ path: ['new_tripid', 'new_contactid'], ...changes });
  const held = (column: string, parents: readonly string[]) => ({
    ...{
      field: column,
      type: 'string',
      direction: 'none',
      columns: { new_trip: column },
      marketo: '',
      parents,
    },
  });

  it('is held by what the path needs of it, once', () => {
    expect(heldRows('new_trip', [over(), over({ table: 'new_call' })])).toEqual([
      held('new_contactid', ['lead', 'contact']),
    ]);
    expect(heldRows('new_trip', [over({ to: 'company', path: ['new_tripid', 'new_accountid'] })])).toEqual([
      held('new_accountid', ['account']),
    ]);
  });

  it('is not held where no path leads through it, or what it needs is mapped', () => {
    expect(heldRows('new_trip', [entityOf()])).toEqual([]);
    expect(heldRows('new_visit', [over()])).toEqual([]);
    const trip = entityOf({ table: 'new_trip', type: 'trip_c' });
    expect(heldRows('new_trip', [over(), trip])).toEqual([]);
    const other = entityOf({ table: 'new_trip', type: 'trip_c', path: ['new_other'] });
    expect(heldRows('new_trip', [over(), other])).toHaveLength(1);
  });

  it('adds to the mapping of its own entity', () => {
    const mappings = entityMappingsFor(tables, {
      customs: [over(), entityOf({ table: 'new_trip', path: ['new_x'] })],
    });

    expect(mappings['new_trip']?.at(-1)).toMatchObject({ field: 'new_contactid', direction: 'none' });
    expect(mappings['new_visit']?.[0]).toMatchObject({ field: 'new_tripid' });
    expect(entityMappingsFor(['account'])['account']?.map(({ field }) => field)).not.toContain(
      'externalSalesPersonId',
    );
  });
});

describe('a mapping', () => {
  const row = (parents?: readonly string[], through?: MappingRow['through']): MappingRow => ({
    ...{ field: 'field', type: 'string', ...inward, columns: {}, marketo: 'field' },
    ...(parents && { parents }),
    ...(through && { through }),
  });
  const company = { tables: ['contact'], field: 'companyId', parents: ['account'] };

  it.each([
    ['no relation', row(), [], true],
    ['a parent that is read', row(['account', 'team']), ['team'], true],
    ['no parent that is read', row(['account', 'team']), ['lead'], false],
    ['somebody who is read behind another row', row(['contact'], company), ['account'], true],
    ['only the row between that is read', row(['contact'], company), ['contact'], false],
    ['a parent beside the row between', row(['contact', 'team'], company), ['team'], true],
  ])('keeps what names %s', (_, mapped, read, isKept) => {
    expect(mappingFor([mapped], read)).toEqual(isKept ? [mapped] : []);
  });
});
