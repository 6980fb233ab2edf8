import type { ChangeEvent, GoldenEvent } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';
import type { History, KeyedMessage, StateEntry } from './history.ts';
import { masterOf } from './checkMerged.ts';
import { originIn } from './qualified.ts';

/** A contact, the lead that it was made of, and the version in which it was seen first. */
type Qualification = { readonly leadId: string; readonly contactId: string; readonly seenVersion: number };

/**
 * The history as if each contact had been there instead of the lead that it was made of (F-26): what happened to the lead before
 * happened to the contact, and what happened to it afterwards reaches nobody.
 */
export function joinQualified(history: History): History {
  return qualificationsOf(history).reduce(joinOne, history);
}

/** A lead is carried on by the first contact that is made of it, unless that was gone before anybody saw it. */
function qualificationsOf(history: History): readonly Qualification[] {
  const { states } = history.dynamics;
  const leads = new Set(states.flatMap(({ table, id }) => (table === 'lead' ? [id] : [])));
  const heirs = new Map<string, Qualification>();
  for (const state of states) {
    const leadId = originIn(state);
    if (leadId === null || !leads.has(leadId) || heirs.has(leadId)) continue;
    const seenVersion = firstVersionOf(history, state.id);
    if (seenVersion !== null) heirs.set(leadId, { leadId, contactId: state.id, seenVersion });
  }
  return [...heirs.values()];
}

/**
 * The version that was decided first, since live changes overtake a first load; the first that was published where no decision names
 * it, any where topics were not read. Null where none was, or its deletion was first.
 */
function firstVersionOf({ changes, golden }: History, contactId: string): number | null {
  if (!changes) return 0;
  const showing = golden.filter(({ rows }) => rows.some(({ id }) => id === contactId));
  const [first] = showing.toSorted((a, b) => Date.parse(a.decidedAt) - Date.parse(b.decidedAt));
  const cause = first?.causeEventId ?? '';
  const [, how, version] = new RegExp(`^dynamics/contact/${contactId}/(.*?)([0-9]+)$`).exec(cause) ?? [];
  if (how?.startsWith('deleted')) return null;

  return version === undefined ? firstPublished(changes, contactId) : Number(version);
}

function firstPublished(changes: NonNullable<History['changes']>, contactId: string): number | null {
  const shown = changes['dynamics.contact.changes'] ?? [];
  const first = shown.find(({ key, value }) => key === contactId && value?.version);

  return first?.value?.version?.number ?? null;
}

function joinOne(history: History, qualification: Qualification): History {
  const { leadId, contactId } = qualification;
  const { dynamics, marketo, golden, changes } = history;
  const { lead = [], ...tables } = dynamics.rows;
  return {
    ...history,
    dynamics: {
      states: joinStates(history, qualification),
      rows: { ...tables, lead: lead.filter(({ id }) => id !== leadId) },
    },
    marketo: { ...marketo, states: marketo.states.map((state) => named(state, qualification)) },
    golden: golden.map((event) => joinRows(event, qualification)),
    changes: changes && {
      ...changes,
      'dynamics.contact.changes': [
        ...versionsOf(changes['dynamics.lead.changes'] ?? [], leadId).map((value) => ({
          key: contactId,
          value,
        })),
        ...(changes['dynamics.contact.changes'] ?? []),
      ],
    },
  };
}

const versionsOf = (messages: readonly KeyedMessage<ChangeEvent>[], leadId: string): readonly ChangeEvent[] =>
  messages.flatMap(({ key, value }) => (key === leadId ? (value ?? []) : []));

function joinStates(
  { dynamics: { states }, mapping }: History,
  { leadId, contactId, seenVersion }: Qualification,
): readonly StateEntry[] {
  const made = states.findIndex(({ id }) => id === contactId);
  const former = states.slice(0, made).filter(({ id }) => id === leadId);
  const renamed = new Map(former.map((state) => [state, asContact(state, contactId, mapping)]));
  const seenFirst = Math.max(seenVersion, states[made]?.version ?? 0);
  const unseen = states.filter(({ id, version }) => id === contactId && (version ?? 0) <= seenFirst);
  const first = sinceLead(together(unseen), [...renamed.values()]);
  return states.flatMap((state, at) => {
    if (at === made) return [first];
    if (unseen.includes(state)) return [];
    return state.id === leadId ? (renamed.get(state) ?? []) : [intoContact(state, leadId, contactId)];
  });
}

/** What was merged into the lead was merged into the contact. */
function intoContact(state: StateEntry, leadId: string, contactId: string): StateEntry {
  if (masterOf(state) !== leadId) return state;
  const masterid = { before: null, after: { id: contactId } };
  return { ...state, changed: { ...state.changed, masterid } };
}

/** Nobody saw what was in between. */
const together = (states: readonly StateEntry[]): StateEntry => ({
  ...(states.at(-1) as StateEntry),
  changed: Object.assign({}, ...states.map(({ changed }) => changed)) as StateEntry['changed'],
});

function asContact(state: StateEntry, contactId: string, mapping: readonly MappingRow[]): StateEntry {
  const columnOf = new Map(mapping.map(({ columns }) => [columns['lead'], columns['contact']]));
  const changed = Object.entries(state.changed).flatMap(([name, change]) => {
    const column = columnOf.has(name) ? columnOf.get(name) : name;
    return column === undefined ? [] : [[column, change] as const];
  });
  return { ...state, table: 'contact', id: contactId, changed: Object.fromEntries(changed) };
}

/** What the contact has as its lead had it was not edited. */
function sinceLead(made: StateEntry, former: readonly StateEntry[]): StateEntry {
  const held = new Map(
    former.flatMap(({ changed }) => Object.entries(changed)).map(([name, { after }]) => [name, after]),
  );
  const names = new Set([...held.keys(), ...Object.keys(made.changed)]);
  const changed = [...names].flatMap((name) => {
    const [before, after] = [held.get(name) ?? null, made.changed[name]?.after ?? null];
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [[name, { before, after }] as const];
  });
  return { ...made, operation: 'update', changed: Object.fromEntries(changed) };
}

/** A person that named the lead named the contact. */
function named(state: StateEntry, { leadId, contactId }: Qualification): StateEntry {
  const { crmId, ...others } = state.changed;
  if (crmId?.after !== leadId && crmId?.before !== leadId) return state;
  const rename = (id: unknown): unknown => (id === leadId ? contactId : id);
  const [before, after] = [rename(crmId.before), rename(crmId.after)];
  return { ...state, changed: before === after ? others : { ...others, crmId: { before, after } } };
}

function joinRows(event: GoldenEvent, { leadId, contactId }: Qualification): GoldenEvent {
  const hasBoth = event.rows.some(({ id }) => id === contactId);
  const rows = event.rows.flatMap((row) => {
    if (row.system !== 'dynamics' || row.id !== leadId) return [row];
    return hasBoth ? [] : [{ ...row, table: 'contact', id: contactId }];
  });
  return { ...event, rows };
}
