import { fromLog, isFiltered, rowUnder } from '@lockstep/checker';
import { canonicalDecimal, type FieldValue, type FieldValues, type Scalar } from '@lockstep/change-events';
import { defaultMapping, filterColumn, optionSets, type MappingRow } from '@lockstep/reconciliation';
import { v5 as uuidFromName } from 'uuid';
import { applyBesideAct, handOver, letGo } from './besideActs.ts';
import type { HumanAct } from './actions.ts';
import { rulesNow } from './rulings.ts';
import { ask } from './askActs.ts';
import type { RowReference, World } from './world.ts';

const idSpace = '7c8a2c1e-5f54-4f6e-9f0a-0d2f6f1f2b10';

/** A person does something; what is not there (any more) is left alone. */
export function applyAct(world: World, act: HumanAct): void {
  world.nowMs += 1;
  world.lastEditMs = world.nowMs;
  switch (act.do) {
    case 'create':
      return create(world, act);
    case 'filter':
      return editRow(world, act.slot, filterFields(world, act.value));
    case 'delete':
      return remove(world, act);
    case 'merge':
      return merge(world, act);
    case 'qualify':
      return qualify(world, act.slot);
    case 'ask':
      return ask(world, act, livePerson(world, act.slot));
    case 'beside':
      return applyBesideAct(world, act.act);
    case 'edit':
      return edit(world, act);
  }
}

function create(world: World, act: Extract<HumanAct, { do: 'create' }>): void {
  const { table, side } = act;
  if (side === 'marketo') {
    const values = Object.entries(act.values).map(([field, value]) => [
      mappingOf(world, field)?.marketo ?? field,
      value,
    ]);
    world.marketo.seed([Object.fromEntries(values) as Record<string, Scalar>]);
    return;
  }
  const id = uuidFromName(`row ${world.rows.length}`, idSpace);
  world.rows.push({ table, id });
  const fields = Object.entries(act.values).flatMap(([field, value]) =>
    columnValue(world, table, { field, value }),
  );
  world.dynamics.seed(table, [{ id, fields: Object.fromEntries(fields) }]);
}

/** Where a field lives now, or lived before it was off. */
function mappingOf(world: World, field: string): MappingRow | undefined {
  const row = [...world.mapping, ...besides].find((mapping) => mapping.field === field);

  return row && (rowUnder(rulesNow(world), row) ?? row);
}

/** Where another field may come to live. */
const besides = defaultMapping.filter(({ field }) => field === 'homePhone');

function columnValue(
  world: World,
  table: string,
  { field, value }: { field: string; value: Scalar },
): [string, FieldValue][] {
  const mapping = mappingOf(world, field);
  const column = mapping?.columns[table];
  return mapping && column ? [[column, inDynamics(mapping, value)]] : [];
}

function inDynamics(mapping: MappingRow, value: Scalar): FieldValue {
  if (value === null) return null;
  if (mapping.type === 'decimal') return canonicalDecimal(String(value));
  if (mapping.type !== 'option' || !mapping.optionSet) return value;
  const numbers: Readonly<Record<string, number>> = optionSets[mapping.optionSet];
  return { value: numbers[String(value)] ?? 1, label: String(value) };
}

function liveRow(world: World, slot: number): RowReference | undefined {
  const reference = world.rows[slot];
  const isLive = reference && world.dynamics.rows(reference.table).some((row) => row.id === reference.id);
  return isLive ? reference : undefined;
}

function editRow(world: World, slot: number, fields: Record<string, FieldValue>): void {
  const row = liveRow(world, slot);
  if (row && Object.keys(fields).length > 0) world.dynamics.edit(row.table, row.id, fields);
}

/** The person of the row in that place; beyond the rows, persons without a row, among them those that were parted from one. */
function livePerson(world: World, slot: number): string | undefined {
  const persons = world.marketo.persons();
  const row = world.rows[slot];
  const lastOf = (rowId: unknown) => persons.findLast(({ fields }) => fields['crmId'] === rowId);
  const linked = row && (lastOf(row.id) ?? (row.leadId === undefined ? undefined : lastOf(row.leadId)));
  if (linked) return linked.id;
  const free = persons.filter(
    (person) => !person.fields['crmId'] || lastOf(person.fields['crmId']) !== person,
  );
  return free[slot % Math.max(1, free.length)]?.id;
}

/** What says Yes, No or nothing: the column of the rules where they have one. */
function filterFields(world: World, value: boolean | null): Record<string, FieldValue> {
  const { filter } = rulesNow(world);
  if (!filter) return { [filterColumn]: value };
  return { [filter.column]: value === null ? null : value ? 'DE' : filter.isNot };
}

function remove(world: World, { side, slot }: Extract<HumanAct, { do: 'delete' }>): void {
  const row = liveRow(world, slot);
  const person = livePerson(world, slot);
  if (side === 'dynamics' && row) {
    world.dynamics.remove(row.table, row.id);
    letGo(world, row.id);
  }
  if (side === 'marketo' && person) world.marketo.remove(person);
}

function merge(world: World, { side, slot, into }: Extract<HumanAct, { do: 'merge' }>): void {
  if (side === 'marketo') return mergePersons(world, livePerson(world, slot), livePerson(world, into));
  const [loser, winner] = [liveRow(world, slot), liveRow(world, into)];
  if (!loser || !winner || loser === winner || loser.table !== winner.table) return;
  const { table } = loser;
  if ([loser, winner].some(({ id }) => isClosed(world, table, id))) return;
  // A merge raises the version of whatever it touches.
  world.dynamics.edit(table, winner.id, {});
  world.dynamics.edit(table, loser.id, {
    ...{ statecode: { value: table === 'lead' ? 2 : 1, label: 'Closed' }, merged: true },
    masterid: { id: winner.id, table },
  });
  handOver(world, loser.id, { id: winner.id, table });
}

function isClosed(world: World, table: string, id: string): boolean {
  const state = world.dynamics.rows(table).find((row) => row.id === id)?.fields['statecode'];

  return typeof state === 'object' && state !== null && 'value' in state && state.value !== 0;
}

function mergePersons(world: World, loser: string | undefined, winner: string | undefined): void {
  if (loser === undefined || winner === undefined || loser === winner) return;
  world.marketo.merge(winner, [loser]);
  world.mergedPersons.push({ loserId: loser, winnerId: winner });
}

const closedLead = {
  statecode: { value: 1, label: 'Qualified' },
  statuscode: { value: 3, label: 'Qualified' },
} as const;

/** The contact gets what has a namesake, and its lead is closed. One that stays out is left alone: it would go on speaking. */
function qualify(world: World, slot: number): void {
  const lead = liveRow(world, slot);
  const row = lead && world.dynamics.rows('lead').find(({ id }) => id === lead.id);
  if (lead?.table !== 'lead' || !row || isClosed(world, 'lead', lead.id) || staysOut(world, lead.id)) return;
  const id = uuidFromName(`contact of ${lead.id}`, idSpace);
  const fields = { ...takenFrom(world, row.fields), originatingleadid: { id: lead.id, table: 'lead' } };
  world.dynamics.edit('lead', lead.id, closedLead);
  world.dynamics.seed('contact', [{ id, fields }]);
  world.rows[slot] = { table: 'contact', id, leadId: lead.id };
}

function takenFrom(world: World, lead: FieldValues): FieldValues {
  const filters = [filterColumn, rulesNow(world).filter?.column ?? filterColumn];
  const pairs = [...world.mapping.flatMap(namesakes), ...filters.map((name) => [name, name] as const)];

  return Object.fromEntries(pairs.map(([from, to]) => [to, lead[from] ?? null]));
}

/** The state of a lead is its own. */
function namesakes({ columns: { lead, contact } }: MappingRow): (readonly [string, string])[] {
  const isTaken = lead !== undefined && contact !== undefined && !(lead in closedLead);
  return isTaken ? [[lead, contact]] : [];
}

function staysOut(world: World, rowId: string): boolean {
  return isFiltered(fromLog(world.dynamics.states.filter(({ id }) => id === rowId)), rulesNow(world));
}

function edit(world: World, act: Extract<HumanAct, { do: 'edit' }>): void {
  const mapping = mappingOf(world, act.field);
  if (!mapping) return;
  if (act.side === 'dynamics') editInDynamics(world, mapping, act);
  else editInMarketo(world, mapping, act);
}

type Edit = Extract<HumanAct, { do: 'edit' }>;

function editInDynamics(world: World, mapping: MappingRow, { slot, value }: Edit): void {
  const row = liveRow(world, slot);
  const column = row && mapping.columns[row.table];
  // The simulated reasons are those of leads.
  if (!column || (row.table === 'contact' && column === 'statuscode')) return;
  const next = isFormer(value) ? former(world.dynamics.states, row.id, column) : inDynamics(mapping, value);
  if (next !== undefined)
    editRow(world, slot, { [column]: mapping.type === 'boolean' ? next === true : next });
}

function editInMarketo(world: World, mapping: MappingRow, { slot, value }: Edit): void {
  const id = livePerson(world, slot);
  if (!id) return;
  const next = isFormer(value)
    ? former(world.marketo.states, id, mapping.marketo)
    : inMarketo(mapping, value);
  if (next !== undefined) world.marketo.edit(id, { [mapping.marketo]: next as Scalar });
}

function inMarketo(mapping: MappingRow, value: Scalar): Scalar {
  if (mapping.labels && mapping.optionSet) {
    const stock: Readonly<Record<string, number>> = optionSets[mapping.optionSet];

    return labelOf(mapping.labels, stock[String(value)] ?? 0) ?? value;
  }

  return mapping.type === 'decimal' && value !== null ? Number(value) : value;
}

const labelOf = (labels: Readonly<Record<string, number>>, number: number): string | undefined =>
  Object.entries(labels).find(([, other]) => other === number)?.[0];

const isFormer = (value: Edit['value']): value is { readonly former: true } =>
  typeof value === 'object' && value !== null;

/** What the field held before its last change; undefined when it never changed. */
function former(states: World['dynamics']['states'], id: string, name: string): FieldValue | undefined {
  return states.findLast((state) => state.id === id && name in state.changed)?.changed[name]?.before;
}
