import { fieldsOf, type DemoField, type PersonTable } from './demoFields.ts';
import { isSynced, type Person, type Value, type Values } from './people.ts';
import { optionLabel } from './optionLabels.ts';

/** What one person must look like after quiet: one meaning per field, in the form of `meaningOf`. */
export type Expected = {
  readonly table: PersonTable;
  readonly id: string;
  /** Keyed by `fieldKey`. */
  readonly fields: ReadonlyMap<string, Value>;
  /** `linked`: one person in Marketo; `deleted`: the row is gone, the person kept; `away`: no person at all. */
  readonly fate: 'linked' | 'deleted' | 'away';
};

/** Names a pair: one column may feed two fields of Marketo. */
export function fieldKey(field: DemoField): string {
  return `${field.column}/${field.marketo}`;
}

/** What a side's value means, so that 2 and "Warm", null and false, or two spellings of one moment are the same. */
export function meaningOf(field: DemoField, table: PersonTable, value: unknown): Value {
  if (field.kind === 'flag' || field.kind === 'optOut') return value === true;
  if (value === null || value === undefined || value === '') return null;
  switch (field.kind) {
    case 'option':
      return typeof value === 'number' ? optionLabel(table, field.column, value) : String(value);
    case 'whole':
    case 'decimal':
      return Number(value);
    case 'time':
      return Math.floor(Date.parse(String(value)) / 1000);
    case 'text':
      return String(value);
  }
}

/** What Dynamics fills in when a row is created without these columns. */
const columnDefaults: Readonly<Record<PersonTable, Values>> = {
  lead: { statecode: 0, statuscode: 1, preferredcontactmethodcode: 1, leadqualitycode: 2 },
  contact: { statecode: 0, statuscode: 1, preferredcontactmethodcode: 1 },
};

/** What both sides must agree on after the first load. */
export function expectFirstLoad(person: Person, fields?: readonly DemoField[]): Expected {
  const { table, id, inMarketo } = person;
  const row: Values = { ...columnDefaults[table], ...person.row };
  const known = fieldsOf(table, fields).map((field): [string, Value] => {
    const crm = meaningOf(field, table, row[field.column]);
    const marketing = inMarketo === null ? null : meaningOf(field, table, inMarketo[field.marketo]);
    return [fieldKey(field), firstMeeting(field, table, { crm, marketing })];
  });
  return { table, id, fields: new Map(known), fate: isSynced(person) ? 'linked' : 'away' };
}

/**
 * Who is right when two records of one person meet: a blank never beats a value, an opt-out wins, otherwise Marketo for
 * leads and Dynamics for contacts (F-03); a field that travels one way is right where it comes from.
 */
function firstMeeting(field: DemoField, table: PersonTable, sides: { crm: Value; marketing: Value }): Value {
  const { crm, marketing } = sides;
  if (field.kind === 'optOut') return crm === true || marketing === true;
  if (field.way !== 'both') return field.way === 'to-marketo' ? crm : marketing;
  if (isBlank(marketing)) return crm;
  return isBlank(crm) || table === 'lead' ? marketing : crm;
}

function isBlank(value: Value): boolean {
  return value === null || value === false;
}

/** The expectation after an edit of one column of Dynamics that must hold on both sides. */
export function expectEdit(expected: Expected, column: string, value: Value): Expected {
  const fields = new Map(expected.fields);
  for (const field of fieldsOf(expected.table)) {
    if (field.column === column) fields.set(fieldKey(field), meaningOf(field, expected.table, value));
  }
  return { ...expected, fields };
}
