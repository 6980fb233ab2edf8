import type { FieldValue, FieldValues, Scalar, ScalarValues, TableDefinition } from '@lockstep/change-events';
import type { DynamicsCreateResult, DynamicsCreation, DynamicsOwner } from '../dynamicsTable.ts';
import { writtenLookups } from '../writtenLookups.ts';
import type { ColumnFault, ColumnRules } from './dynamicsColumnRules.ts';
import type { DynamicsRowStore, StoreActor } from './dynamicsRowStore.ts';

export const defaultHuman = '11111111-1111-4111-8111-111111111111';

type CreationParts = {
  readonly store: DynamicsRowStore;
  readonly rules: ColumnRules;
  readonly now: () => number;
  readonly application: StoreActor;
};

/** Creates rows under a chosen id; the one rule that detects duplicates is that of Dataverse's leads: the address. */
export function createIn({ store, rules, now, application }: CreationParts) {
  return (creation: DynamicsCreation): DynamicsCreateResult => {
    const { table, columns, owner } = creation;
    const id = creation.id.toLowerCase();
    const definition = store.definition(table);
    if (store.row(table, id)) return { result: 'EXISTS' };
    const written = writeColumns({ rules, store }, definition, columns);
    if ('fault' in written) return { result: 'REFUSED', ...written.fault };
    if (creation.detectDuplicates && isDuplicate(store, table, written.fields))
      return { result: 'REFUSED', code: 'DYNAMICS_DUPLICATE', field: null, detail: 'a duplicate' };
    const blank = { ...rules.blankRow(definition), ...setAtCreation(definition, now(), application.name) };
    const fields = { ...blank, ...written.fields, ...(owner ? { ownerid: owner } : {}) };

    return { result: 'WRITTEN', row: store.save(table, id, fields, application) };
  };
}

function isDuplicate(store: DynamicsRowStore, table: string, { emailaddress1 }: FieldValues): boolean {
  if (typeof emailaddress1 !== 'string') return false;

  return store.rows(table).some(({ fields }) => fields['emailaddress1'] === emailaddress1);
}

const ownersToldMax = 2;

/** Users by id, address or full name, teams by id, address or name. */
export function findOwners(store: DynamicsRowStore, text: string): readonly DynamicsOwner[] {
  const wanted = text.trim().toLowerCase();
  const named = (table: DynamicsOwner['table'], namesOf: (fields: FieldValues) => readonly unknown[]) =>
    store
      .rows(table)
      .filter(({ id, fields }) =>
        [id, ...namesOf(fields)].some((name) => String(name ?? '').toLowerCase() === wanted),
      )
      .map(({ id }) => ({ table, id }));
  const fullName = ({ firstname, lastname }: FieldValues): string =>
    `${String(firstname)} ${String(lastname)}`;

  return [
    ...named('systemuser', (fields) => [fields['internalemailaddress'], fullName(fields)]),
    ...named('team', ({ emailaddress, name }) => [emailaddress, name]),
  ].slice(0, ownersToldMax);
}

/** What Dataverse sets itself when a row is created. */
export function setAtCreation({ fields }: TableDefinition, nowMs: number, actor = defaultHuman): FieldValues {
  const own: FieldValues = {
    createdon: `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
    ownerid: { id: actor, table: 'systemuser' },
  };

  return Object.fromEntries(fields.flatMap(({ name }) => (name in own ? [[name, own[name] ?? null]] : [])));
}

/** Columns as they are read back, or why the first is refused. */
export function writeColumns(
  { rules, store }: Pick<CreationParts, 'rules' | 'store'>,
  definition: TableDefinition,
  columns: ScalarValues,
): { readonly fields: FieldValues } | { readonly fault: ColumnFault } {
  const written = Object.entries(columns).map(([name, value]) => {
    const field = definition.fields.find((known) => known.name === name) ?? { name, type: 'string' as const };

    return { name, ...(bind(store, name, value) ?? rules.write(definition.table, field, value)) };
  });
  const refused = written.find((column) => 'fault' in column);
  if (refused && 'fault' in refused) return { fault: refused.fault };

  return {
    fields: Object.fromEntries(written.flatMap((cell) => ('value' in cell ? [[cell.name, cell.value]] : []))),
  };
}

/** Null for what is no lookup that is written. */
function bind(
  store: DynamicsRowStore,
  name: string,
  value: Scalar,
): { readonly value: FieldValue } | { readonly fault: ColumnFault } | null {
  const table = writtenLookups[name];
  if (table === undefined) return null;
  const id = String(value);
  if (store.row(table, id)) return { value: { id, table } };

  return { fault: { code: '0x80040217', field: name, detail: 'the row that it names is not there' } };
}
