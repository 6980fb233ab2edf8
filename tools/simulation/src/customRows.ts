import { tableDefinitions, type FieldDefinition, type TableDefinition } from '@lockstep/change-events';
import { customEntity, filterColumn } from '@lockstep/reconciliation';
import { customTables, type CustomTable } from './actions.ts';

/** The lookup by which each row leads to a person. */
export const namingColumns: Readonly<Record<CustomTable, string>> = {
  new_visit: 'new_personid',
  new_bill: 'new_visitid',
};

const tableOf = (table: CustomTable): TableDefinition => {
  const fields: readonly FieldDefinition[] = [
    { name: 'new_name', type: 'string' },
    { name: namingColumns[table], type: 'lookup' },
    { name: filterColumn, type: 'boolean' },
  ];

  return { table, entitySet: `${table}s`, primaryKey: `${table}id`, fields };
};

const [visits, bills] = [tableOf('new_visit'), tableOf('new_bill')];

/** The tables that the simulated Dynamics has. */
export const simulatedTables = { ...tableDefinitions, new_visit: visits, new_bill: bills };

const rule = { key: 'key', link: 'leadId', to: 'person', fields: { new_name: 'name' } } as const;

/** Visits of a person, and bills, which are two hops away. */
export const simulatedCustoms = [
  customEntity({ ...rule, table: 'new_visit', type: 'visit', path: ['new_personid'] }, visits, customTables),
  customEntity(
    { ...rule, table: 'new_bill', type: 'bill', path: ['new_visitid', 'new_personid'] },
    bills,
    customTables,
  ),
];
