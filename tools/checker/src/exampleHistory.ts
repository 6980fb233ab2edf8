import type { ChangeEvent, Conflict, GoldenEvent } from '@lockstep/change-events';
import { defaultMapping } from '@lockstep/reconciliation';
import type { FinalRecord, History, KeyedMessage, StateEntry } from './history.ts';

const tablesOfRows = ['lead', 'contact', 'account', 'opportunity', 'new_visit', 'new_bill'] as const;

/** One step of an example: who gave which record which values; without values the record is deleted. */
export type ExampleStep = {
  readonly on: (typeof tablesOfRows)[number] | 'person';
  readonly by: 'human' | 'application';
  readonly id: string;
  readonly set: Readonly<Record<string, unknown>> | null;
};

export const rowId = '00000000-0000-4000-8000-000000000001';
export const goldenId = '00000000-0000-5000-8000-00000000000a';
const startMs = Date.UTC(2026, 10, 22, 8);
const stepMs = 60_000;

type Table = ExampleStep['on'];
type Records = Map<string, Record<string, unknown>>;

/** A history in which the steps happened a minute apart, and in which everything was published as it happened. */
export function exampleHistory(steps: readonly ExampleStep[], extras: Partial<History> = {}): History {
  const records = recordsOf(...tablesOfRows, 'person');
  const entries = steps.map((step, index) => carryOut(records[step.on], step, index));
  const tables = tablesOfRows.filter((table) => records[table].size > 0 || isOfPersons(table));
  return {
    dynamics: {
      states: entries.filter(({ table }) => table !== 'person'),
      rows: Object.fromEntries(tables.map((table) => [table, finalRecords(records[table])])),
    },
    marketo: {
      states: entries.filter(({ table }) => table === 'person'),
      persons: finalRecords(records.person),
    },
    golden: [],
    changes: published(entries, { tables, persons: records.person }),
    stored: null,
    mapping: defaultMapping,
    matchByEmail: false,
    ...extras,
  };
}

const recordsOf = (...tables: readonly Table[]): Record<Table, Records> =>
  Object.fromEntries(tables.map((table) => [table, new Map() as Records])) as Record<Table, Records>;

const isOfPersons = (table: Table): boolean => table === 'lead' || table === 'contact';

function carryOut(records: Records, { on, by, id, set }: ExampleStep, index: number): StateEntry {
  const former = records.get(id);
  const next = set === null ? null : { ...former, ...set };
  if (next) records.set(id, next);
  else records.delete(id);
  const names = Object.keys(set ?? former ?? {});
  const changed = names.map((name) => [
    name,
    { before: former?.[name] ?? null, after: next?.[name] ?? null },
  ]);
  return {
    sequence: index + 1,
    at: new Date(startMs + index * stepMs).toISOString(),
    actorKind: by,
    operation: next === null ? 'delete' : former ? 'update' : 'create',
    table: on,
    id,
    version: on === 'person' ? null : 1000 + index,
    changed: Object.fromEntries(changed) as StateEntry['changed'],
  };
}

function finalRecords(records: Records): FinalRecord[] {
  return [...records].map(([id, fields]) => ({ id, fields }));
}

type Known = { readonly tables: readonly Table[]; readonly persons: Records };

function published(
  entries: readonly StateEntry[],
  { tables, persons }: Known,
): NonNullable<History['changes']> {
  const topic = (table: string): KeyedMessage<ChangeEvent>[] =>
    entries
      .filter((entry) => entry.table === table)
      .flatMap((entry) => [
        { key: entry.id, value: exampleEvent(entry.id, entry.version, null) },
        ...(entry.operation === 'delete' ? [{ key: entry.id, value: null }] : []),
      ]);
  const people = [...persons].map(([id, fields]) => ({ key: id, value: exampleEvent(id, null, fields) }));
  return {
    ...Object.fromEntries(tables.map((table) => [`dynamics.${table}.changes`, topic(table)])),
    'marketing.lead.changes': people,
    'marketing.contact.changes': [],
  };
}

export function exampleEvent(
  id: string,
  version: number | null,
  fields: Readonly<Record<string, unknown>> | null,
): ChangeEvent {
  return {
    eventId: `${id}/${version}`,
    operation: 'UPSERT',
    recordId: id,
    version: version === null ? null : { epoch: 1, number: version },
    page: { epoch: 1, number: 1 },
    changedAt: null,
    observedAt: new Date(startMs).toISOString(),
    changedBy: null,
    lane: 'LIVE',
    fields: fields as ChangeEvent['fields'],
    mergedInto: null,
    evidence: null,
  };
}

/** A golden event of the example row that records a conflict. */
export function exampleConflict(
  conflict: Pick<Conflict, 'field' | 'loserValue'>,
  table = 'lead',
): GoldenEvent {
  const at = new Date(startMs).toISOString();
  return {
    eventId: 'golden/1',
    goldenId,
    revision: { epoch: 1, number: 1 },
    kind: 'lead',
    mergedInto: null,
    rows: [{ system: 'dynamics', table, id: rowId, active: true, deleted: false }],
    fields: {},
    changed: [],
    conflicts: [{ winner: 'marketo', winnerValue: null, rule: 'marketo-wins-for-leads', at, ...conflict }],
    causeEventId: 'cause',
    causeSystem: null,
    lane: 'LIVE',
    decidedAt: at,
    rules: null,
  };
}

/** The four steps that make a linked pair: a row of Dynamics and the person that was made for it. */
export function linkedPair(
  table: 'lead' | 'contact',
  row: Readonly<Record<string, unknown>> = { telephone1: '1' },
  person: Readonly<Record<string, unknown>> = { phone: '1' },
): ExampleStep[] {
  const mirror = {
    crmId: rowId,
    crmType: table === 'lead' ? 'Lead' : 'Contact',
    crmIsDeleted: false,
    lockstepId: goldenId,
  };
  return [
    { on: table, by: 'human', id: rowId, set: row },
    { on: 'person', by: 'application', id: '7', set: { ...person, ...mirror } },
  ];
}

export const edit = (
  on: ExampleStep['on'],
  set: Readonly<Record<string, unknown>>,
  by: ExampleStep['by'] = 'human',
): ExampleStep => ({ on, by, id: on === 'person' ? '7' : rowId, set });

export const remove = (on: ExampleStep['on']): ExampleStep => ({
  on,
  by: 'human',
  id: on === 'person' ? '7' : rowId,
  set: null,
});
