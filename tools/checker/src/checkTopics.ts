import { isAfter, type ChangeEvent, type GoldenEvent } from '@lockstep/change-events';
import type { GoldenRecord } from '@lockstep/reconciliation';
import type { FinalRecord, History, KeyedMessage, StateEntry } from './history.ts';
import { append } from './indexHistory.ts';
import type { Findings } from './verdict.ts';

/** Invariant 7: what was committed is on its topic, in order per key; the last golden event equals the database. */
export function checkTopics(findings: Findings, history: History): void {
  if (history.changes) {
    for (const [table, rows] of Object.entries(history.dynamics.rows))
      checkTable(findings, history, { table, rows });
    checkPersons(findings, history);
  }
  if (history.stored) checkGolden(findings, history.golden, history.stored);
}

function byKey<Value>(messages: readonly KeyedMessage<Value>[]): Map<string, (Value | null)[]> {
  const lists = new Map<string, (Value | null)[]>();
  for (const { key, value } of messages) append(lists, key, value);
  return lists;
}

function checkTable(
  findings: Findings,
  history: History,
  { table, rows }: { table: string; rows: readonly FinalRecord[] },
): void {
  const what = `dynamics.${table}.changes`;
  const events = byKey(history.changes?.[what] ?? []);
  const last = lastStates(history, table);
  const gap = (id: string, reason: string) => findings.topicGaps.push({ what, ids: [id], reason });
  const shownVersion = (id: string): number | undefined => events.get(id)?.at(-1)?.version?.number;
  const outdated = rows.filter(({ id }) => shownVersion(id) !== last.get(id)?.version);
  for (const { id } of outdated) gap(id, 'the last event is not the row as it is');
  const isDeleted = (id: string): boolean => last.get(id)?.operation === 'delete';
  for (const [id, list] of events) {
    if (list.at(-1) !== null && isDeleted(id)) gap(id, 'a deleted row has no tombstone');
    if (!isOrdered(list)) gap(id, 'versions are out of order');
  }
}

function lastStates(history: History, table: string): Map<string, StateEntry> {
  const states = history.dynamics.states.filter((state) => state.table === table);
  return new Map(states.map((state) => [state.id, state]));
}

/** A version may be repeated, never undercut. */
function isOrdered(events: readonly (ChangeEvent | null)[]): boolean {
  const versions = events.flatMap((event) => event?.version ?? []);
  return versions.every((version, at) => at === 0 || !isAfter(versions[at - 1], version));
}

/** A person's last event shows it as it is; a deleted one has left both topics. */
function checkPersons(findings: Findings, history: History): void {
  const topics = (['lead', 'contact'] as const).map((kind) =>
    byKey(history.changes?.[`marketing.${kind}.changes`] ?? []),
  );
  const what = 'marketing.*.changes';
  for (const { id, fields } of history.marketo.persons) {
    const shown = topics.map((events) => events.get(id)?.at(-1) ?? null);
    const isShown = shown.some((event) => event !== null && isSame(event.fields ?? {}, fields));
    if (!isShown) findings.topicGaps.push({ what, ids: [id], reason: 'no event shows the person as it is' });
  }
  const gone = new Set(
    history.marketo.states.flatMap(({ operation, id }) => (operation === 'delete' ? [id] : [])),
  );
  for (const id of gone) {
    if (topics.some((events) => (events.get(id)?.at(-1) ?? null) !== null))
      findings.topicGaps.push({ what, ids: [id], reason: 'a deleted person has no tombstone' });
  }
}

/** Fields that one of the two does not know are left out. */
function isSame(
  event: Readonly<Record<string, unknown>>,
  person: Readonly<Record<string, unknown>>,
): boolean {
  return Object.keys(event).every(
    (name) => !(name in person) || JSON.stringify(event[name]) === JSON.stringify(person[name]),
  );
}

/** The last golden event of each record equals what is stored. */
export function checkGolden(
  findings: Findings,
  golden: readonly GoldenEvent[],
  stored: readonly GoldenRecord[],
): void {
  const last = new Map(golden.map((event) => [event.goldenId, event]));
  const what = 'golden.*.changes';
  for (const record of stored) {
    const event = last.get(record.goldenId);
    const ids = [record.goldenId];
    if (!event && Object.keys(record.fields).length > 0)
      findings.topicGaps.push({ what, ids, reason: 'a golden record was never published' });
    if (event && !showsRecord(event, record))
      findings.topicGaps.push({ what, ids, reason: 'the last golden event is not what is stored' });
  }
}

function showsRecord(event: GoldenEvent, record: GoldenRecord): boolean {
  const values = Object.fromEntries(
    Object.entries(record.fields).map(([name, field]) => [name, field.value]),
  );
  const rows = record.rows.map(({ system, id, deletedAt }) => `${system}/${id}/${deletedAt !== null}`);
  const shown = event.rows.map(({ system, id, deleted }) => `${system}/${id}/${deleted}`);
  return (
    isSame(event.fields, values) &&
    isSame(values, event.fields) &&
    rows.join() === shown.join() &&
    event.mergedInto === record.aliasOf
  );
}
