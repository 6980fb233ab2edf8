import type { ChangeEvent, GoldenEvent } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import type { History, KeyedMessage, StateEntry } from './history.ts';
import { masterOf } from './checkMerged.ts';
import { isChangeOfOwner } from './madeRows.ts';
import { isOurs, maySpeak } from './timeline.ts';

type Row = { readonly table: string; readonly id: string };

/** A row that carries on another one, and the version in which it was seen first. */
export type Succession = { readonly former: Row; readonly next: Row; readonly seenVersion: number };

/**
 * The history as if the next row had been there instead of the former: what happened to that before happened to the next, and what
 * happened to it afterwards reaches nobody.
 */
export function join(history: History, succession: Succession): History {
  const { former, next } = succession;
  const { dynamics, marketo, golden, changes } = history;
  const left = (dynamics.rows[former.table] ?? []).filter(({ id }) => id !== former.id);
  return {
    ...history,
    dynamics: { states: joinStates(history, succession), rows: { ...dynamics.rows, [former.table]: left } },
    marketo: { ...marketo, states: marketo.states.map((state) => named(state, succession)) },
    golden: golden.map((event) => joinRows(event, succession)),
    changes: changes && {
      ...changes,
      [topicOf(next)]: [
        ...versionsOf(changes[topicOf(former)] ?? [], former.id).map((value) => ({ key: next.id, value })),
        ...(changes[topicOf(next)] ?? []),
      ],
    },
  };
}

const topicOf = ({ table }: Row): string => `dynamics.${table}.changes`;

const versionsOf = (messages: readonly KeyedMessage<ChangeEvent>[], rowId: string): readonly ChangeEvent[] =>
  messages.flatMap(({ key, value }) => (key === rowId ? (value ?? []) : []));

function joinStates(history: History, { former, next, seenVersion }: Succession): readonly StateEntry[] {
  const { states } = history.dynamics;
  const made = states.findIndex(({ id }) => id === next.id);
  const earlier = heardOf(history, former, states.slice(0, made));
  const renamed = new Map(earlier.map((state) => [state, asNext(state, next, history.mapping)]));
  const seenFirst = Math.max(seenVersion, states[made]?.version ?? 0);
  const unseen = states.filter(({ id, version }) => id === next.id && (version ?? 0) <= seenFirst);
  const first = byAuthor(sinceFormer(together(unseen), former.table, [...renamed.values()]), history.mapping);
  return states.flatMap((state, at) => {
    if (at === made) return first;
    if (unseen.includes(state)) return [];
    return state.id === former.id ? (renamed.get(state) ?? []) : [intoNext(state, former, next)];
  });
}

/** What a row went through, but for what went with it before anybody had heard of it; our own writes we know of. */
function heardOf(
  { changes, golden }: History,
  { table, id: rowId }: Row,
  states: readonly StateEntry[],
): readonly StateEntry[] {
  const own = states.filter(({ id, operation }) => id === rowId && operation !== 'delete');
  const isGone = states.some(({ id, operation }) => id === rowId && operation === 'delete');
  if (!changes || !isGone) return own;
  const versions = versionsOf(changes[topicOf({ table, id: rowId })] ?? [], rowId);
  const ours = own.filter((state) => isOurs(state) && !isChangeOfOwner(state));
  const last = Math.max(
    ...versions.map(({ version }) => version?.number ?? 0),
    ...ours.map(({ version }) => version ?? 0),
    ...decidedVersions(golden, rowId),
  );

  return own.filter(({ version }) => (version ?? 0) <= last);
}

/** Versions that were read by the id of the row are on no topic. */
const decidedVersions = (golden: readonly GoldenEvent[], rowId: string): readonly number[] =>
  golden.flatMap(({ causeEventId }) => {
    const [, version] = new RegExp(`/${rowId}/[0-9]+\\.([0-9]+)$`).exec(causeEventId) ?? [];

    return version === undefined ? [] : [Number(version)];
  });

/** What was merged into the former row was merged into the next. */
function intoNext(state: StateEntry, former: Row, next: Row): StateEntry {
  if (masterOf(state) !== former.id) return state;
  const masterid = { before: null, after: { id: next.id } };
  return { ...state, changed: { ...state.changed, masterid } };
}

/** Nobody saw what was in between. */
const together = (states: readonly StateEntry[]): StateEntry => ({
  ...(states.at(-1) as StateEntry),
  changed: Object.assign({}, ...states.map(({ changed }) => changed)) as StateEntry['changed'],
});

function asNext(state: StateEntry, { table, id }: Row, mapping: readonly MappingRow[]): StateEntry {
  const columnOf = new Map(mapping.map(({ columns }) => [columns[state.table], columns[table]]));
  const changed = Object.entries(state.changed).flatMap(([name, change]) => {
    const column = columnOf.has(name) ? columnOf.get(name) : name;
    return column === undefined ? [] : [[column, change] as const];
  });
  return { ...state, table, id, changed: Object.fromEntries(changed) };
}

/** What the row has as the former had it was not edited. */
function sinceFormer(made: StateEntry, carriesOn: string, former: readonly StateEntry[]): StateEntry {
  const held = new Map(
    former.flatMap(({ changed }) => Object.entries(changed)).map(([name, { after }]) => [name, after]),
  );
  const names = new Set([...held.keys(), ...Object.keys(made.changed)]);
  const changed = [...names].flatMap((name) => {
    const [before, after] = [held.get(name) ?? null, made.changed[name]?.after ?? null];
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [[name, { before, after }] as const];
  });
  return { ...made, operation: 'update', changed: Object.fromEntries(changed), carriesOn };
}

/** Of a row that we made, what we do not write came from elsewhere. */
function byAuthor(state: StateEntry, mapping: readonly MappingRow[]): readonly StateEntry[] {
  if (state.actorKind === 'human') return [state];
  const written = mapping.flatMap((row) =>
    maySpeak('marketo', row) ? (row.columns[state.table] ?? []) : [],
  );
  const part = (isOurs: boolean) =>
    Object.fromEntries(
      Object.entries(state.changed).filter(([column]) => written.includes(column) === isOurs),
    );
  return [
    { ...state, actorKind: 'human', changed: part(false) },
    { ...state, changed: part(true) },
  ];
}

/** A person that named the former row named the next. */
function named(state: StateEntry, { former, next }: Succession): StateEntry {
  const { crmId, ...others } = state.changed;
  if (crmId?.after !== former.id && crmId?.before !== former.id) return state;
  const rename = (id: unknown): unknown => (id === former.id ? next.id : id);
  const [before, after] = [rename(crmId.before), rename(crmId.after)];
  return { ...state, changed: before === after ? others : { ...others, crmId: { before, after } } };
}

function joinRows(event: GoldenEvent, { former, next }: Succession): GoldenEvent {
  const hasBoth = event.rows.some(({ id }) => id === next.id);
  const rows = event.rows.flatMap((row) => {
    if (row.system !== 'dynamics' || row.id !== former.id) return [row];
    return hasBoth ? [] : [{ ...row, ...next }];
  });
  return { ...event, rows };
}
