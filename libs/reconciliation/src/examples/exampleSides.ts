import type {
  ChangeEvent,
  EvidenceRow,
  FieldValue,
  FieldValues,
  Lane,
  Scalar,
  ScalarValues,
  Sequence,
} from '@lockstep/change-events';
import { filterColumn, type MappingRow } from '../mapping.ts';

type DynamicsTable = 'lead' | 'contact';

/** One row of a simulated Dynamics; `columns` hold option sets as their number. */
type DynamicsRow = {
  readonly table: DynamicsTable;
  version: number;
  changedAt: string | null;
  columns: Record<string, Scalar>;
};

/** Dynamics as the worked examples need it: versions that rise, guarded updates, deletes. */
export type DynamicsSide = ReturnType<typeof createDynamicsSide>;

export function createDynamicsSide(mapping: readonly MappingRow[]) {
  const rows = new Map<string, DynamicsRow>();
  const hidden = new Set<string>();
  let derived: ScalarValues = {};
  let lastVersion = 100;
  let lastPage = 0;
  const nextPage = (): Sequence => ({ epoch: 1, number: (lastPage += 1) });

  const event = (id: string, page: Sequence, lane: Lane): ChangeEvent => {
    const row = rows.get(id);
    const version = row ? { epoch: 1, number: row.version } : null;
    const fields = row
      ? columnsOf(mapping, { ...row, columns: { ...row.columns, ...blanks(hidden) } })
      : null;
    return {
      ...bareEvent(id, page, lane),
      eventId: `dynamics/${id}/${row?.version ?? 'deleted'}`,
      operation: row ? 'UPSERT' : 'DELETE',
      version,
      changedAt: row?.changedAt ?? null,
      fields,
    };
  };

  return {
    insert(table: DynamicsTable, id: string, columns: ScalarValues): void {
      rows.set(id, { table, version: (lastVersion += 1), changedAt: null, columns: { ...columns } });
    },
    edit(id: string, columns: ScalarValues, changedAt: string | null = null): void {
      const row = rows.get(id);
      if (!row) throw new Error(`no row ${id}`);
      Object.assign(row.columns, columns);
      row.version = lastVersion += 1;
      row.changedAt = changedAt;
    },
    /** A creation of ours, on which a plug-in may build. */
    create(table: DynamicsTable, id: string, columns: ScalarValues): void {
      this.insert(table, id, { ...columns, ...derived });
    },
    /** A write of ours, on which a plug-in may build. */
    update(id: string, columns: ScalarValues): void {
      this.edit(id, { ...columns, ...derived });
    },
    /** From now on a plug-in sets these columns in every write of ours. */
    onWrite: (columns: ScalarValues) => void (derived = columns),
    /** From now on column security shows null in place of the column's value. */
    hide: (column: string) => void hidden.add(column),
    remove: (id: string) => void rows.delete(id),
    ...namesOf(rows),
    version: (id: string): number | null => rows.get(id)?.version ?? null,
    column: (id: string, column: string): Scalar | undefined => rows.get(id)?.columns[column],
    /** The row as change tracking shows it: an upsert, or a delete. */
    change: (id: string, lane: Lane): ChangeEvent => event(id, nextPage(), lane),
    /** The row as a read by id or a write's representation shows it: below every page. */
    representation: (id: string): ChangeEvent => event(id, { epoch: 0, number: 0 }, 'LIVE'),
  };
}

const namesOf = (rows: ReadonlyMap<string, DynamicsRow>) => ({
  table: (id: string): DynamicsTable | undefined => rows.get(id)?.table,
  ids: (): readonly string[] => [...rows.keys()],
});

const blanks = (hidden: ReadonlySet<string>): ScalarValues =>
  Object.fromEntries([...hidden].map((column) => [column, null]));

function columnsOf(mapping: readonly MappingRow[], { table, columns }: DynamicsRow): FieldValues {
  const values: Record<string, FieldValue> = {
    [filterColumn]: columns[filterColumn] ?? null,
    ...originOf(table, columns),
    ...ownColumnsOf(columns),
    merged: columns['merged'] ?? false,
    masterid: relation(columns['masterid'] ?? null),
  };
  for (const { columns: names, type, parents } of mapping) {
    const name = names[table];
    if (name === undefined) continue;
    values[name] = shown(type, parents !== undefined, columns[name] ?? null);
  }
  return values;
}

/** Columns of the operator's own, mapped or not. */
const ownColumnsOf = (columns: ScalarValues): FieldValues =>
  Object.fromEntries(Object.entries(columns).filter(([name]) => name.startsWith('new_')));

function shown(type: MappingRow['type'], isRelation: boolean, value: Scalar): FieldValue {
  if (type === 'options') return chosen(value);
  if (type === 'option' && typeof value === 'number') return { value, label: null };
  return isRelation ? relation(value) : value;
}

/** Several options are written as their numbers. */
const chosen = (value: Scalar): FieldValue =>
  typeof value === 'string'
    ? value.split(',').map((number) => ({ value: Number(number), label: null }))
    : null;

/** The lead that a contact was made of. */
const originOf = (table: DynamicsTable, { originatingleadid = null }: ScalarValues): FieldValues =>
  table === 'contact' ? { originatingleadid: relation(originatingleadid) } : {};

/** Relations are written `table/id`. */
function relation(value: Scalar): FieldValue {
  const [table = '', id = ''] = String(value ?? '').split('/');
  return id === '' ? null : { id, table };
}

function bareEvent(recordId: string, page: Sequence, lane: Lane) {
  return {
    recordId,
    page,
    lane,
    changedAt: null,
    observedAt: '2026-11-22T10:00:00Z',
    changedBy: null,
    mergedInto: null,
    evidence: null,
  };
}

type FeedRow = EvidenceRow & { readonly personId: string };
type Person = { fields: Record<string, Scalar> };

/** Marketo as the worked examples need it: an activity feed, numbered calls, no conditional writes. */
export type MarketoSide = ReturnType<typeof createMarketoSide>;

export function createMarketoSide(mapping: readonly MappingRow[]) {
  const persons = new Map<string, Person>();
  const feed: FeedRow[] = [];
  const read = new Map<string, number>();
  const winners = new Map<string, string>();
  const log = logTo(feed);
  let lastNumber = 0;
  let lastId = 1000;
  const nextNumber = (): Sequence => ({ epoch: 1, number: (lastNumber += 1) });

  return {
    nextNumber,
    create(fields: ScalarValues): string {
      const id = String((lastId += 1));
      persons.set(id, { fields: { ...blankPerson(mapping), ...fields } });
      log(id, null, null, null);
      return id;
    },
    /** Every write, whoever makes it; what does not change leaves no trace. */
    write(id: string, fields: ScalarValues): boolean {
      const person = persons.get(id);
      if (!person) return false;
      for (const [name, value] of Object.entries(fields)) {
        const before = person.fields[name] ?? null;
        if (before !== value) log(id, name, before, value);
        person.fields[name] = value;
      }
      return true;
    },
    remove: (id: string) => void persons.delete(id),
    merge: (winnerId: string, loserId: string) => persons.delete(loserId) && winners.set(loserId, winnerId),
    field: (id: string, name: string): Scalar | undefined => persons.get(id)?.fields[name],
    fields: (id: string): ScalarValues | null => persons.get(id)?.fields ?? null,
    ids: (): readonly string[] => [...persons.keys()],
    findBy: (name: string, value: Scalar): readonly string[] =>
      [...persons].filter(([, person]) => person.fields[name] === value).map(([id]) => id),
    hasNews: (id: string): boolean => unread(feed, read, id).length > 0,
    /** What the feed tells about a person since it was last asked, with the state read after it. */
    change(id: string, lane: Lane): ChangeEvent {
      const rows = unread(feed, read, id);
      read.set(id, feed.length);
      const feedNumber = nextNumber();
      const page = nextNumber();
      const fields = persons.get(id)?.fields ?? null;
      const evidence = fields && { feedNumber, rows };
      const content = { version: null, fields: fields && { ...fields }, evidence };
      const eventId = `marketo/${id}/${page.number}`;
      return { ...bareEvent(id, page, lane), eventId, ...content, ...endOf(fields, winners.get(id)) };
    },
  };
}

function endOf(
  fields: object | null,
  mergedInto: string | undefined,
): Pick<ChangeEvent, 'operation' | 'mergedInto'> {
  if (mergedInto !== undefined) return { operation: 'MERGE', mergedInto };
  return { operation: fields ? 'UPSERT' : 'DELETE', mergedInto: null };
}

const logTo =
  (feed: FeedRow[]) =>
  (personId: string, field: string | null, oldValue: Scalar, newValue: Scalar): void => {
    const activityId = feed.length + 1;
    const texts = { oldValue: textOf(oldValue), newValue: textOf(newValue) };
    const at = { activityId, marketoGUID: `activity-${activityId}`, activityDate: '2026-11-22T10:00:00Z' };
    feed.push({ personId, ...at, activityType: field === null ? 12 : 13, field, ...texts, source: null });
  };

function unread(feed: readonly FeedRow[], read: ReadonlyMap<string, number>, id: string): EvidenceRow[] {
  return feed.slice(read.get(id) ?? 0).filter((row) => row.personId === id);
}

const textOf = (value: Scalar): string | null => (value === null ? null : String(value));

function blankPerson(mapping: readonly MappingRow[]): Record<string, Scalar> {
  return Object.fromEntries(mapping.map(({ marketo, type }) => [marketo, type === 'boolean' ? false : null]));
}
