import type { System } from '@lockstep/change-events';
import { v5 as uuidV5 } from 'uuid';
import type { Draft, DraftRow } from './decision.ts';
import { builtInType } from './entityTypes.ts';
import type { LinkedRow } from './linkedRow.ts';
import { defaultMapping, type MappingRow } from './mapping.ts';
import { offRule } from './policy.ts';
import { noteUnlike, relabel } from './relabel.ts';

type Places = NonNullable<LinkedRow['places']>;

type Side = { readonly system: System; readonly table: string };

const unseen = { epoch: 0, number: 0 } as const;

/**
 * Under other rules a field may live elsewhere, or nowhere: what was seen at its former place says nothing of the present one, which
 * is met. Where Dynamics alone speaks, what it shows there is an edit of what it showed before.
 */
export function forgetFormerPlaces(draft: Draft): void {
  const { record, context } = draft;
  if (record.rules === context.policy.rules) return;
  for (const row of record.rows) {
    const moved = movedFields(draft, row);
    if (moved.length > 0) row.seen = { ...row.seen };
    for (const field of moved)
      if (isInPlace(draft, row, field)) relabel(draft, row, field);
      else leavePlace(draft, row, field);
  }
}

/** Other labels alone. */
function isInPlace(draft: Draft, row: DraftRow, field: string): boolean {
  const mapping = rowOf(draft.context.mapping, field);
  const base = rowOf(defaultsOf(draft), field);
  const [former = base && placeOf(row, base)] = row.places?.[field]?.split(labelMark) ?? [];

  return mapping !== undefined && former === placeOf(row, mapping);
}

function movedFields(draft: Draft, row: DraftRow): readonly string[] {
  const now = placesFor(draft, row);
  const isMoved = (field: string): boolean =>
    row.places?.[field] !== now[field] || !rowOf(draft.context.mapping, field);

  return Object.keys(row.seen).filter(isMoved);
}

function leavePlace(draft: Draft, row: DraftRow, field: string): void {
  const seen = row.seen[field];
  if (seen && row.system === 'dynamics' && isInward(draft, field)) row.seen[field] = { ...seen, at: unseen };
  else delete row.seen[field];
  delete row.inFlight[field];
  delete row.parked[field];
  const held = draft.record.fields[field];
  if (!held) return;
  const isOff = !rowOf(draft.context.mapping, field);
  draft.record.fields[field] = { ...held, agreed: false, ...(isOff && { rule: offRule }) };
}

/** Notes where the fields of each row live now. */
export function notePlaces(draft: Draft): void {
  for (const row of draft.record.rows) {
    const places = placesFor(draft, row);
    if (places !== nowhereElse) row.places = places;
    else if (row.places) delete row.places;
    noteUnlike(draft, row);
  }
}

const rowOf = (mapping: readonly MappingRow[], name: string): MappingRow | undefined =>
  mapping.find(({ field }) => field === name);

const defaultsOf = ({ record: { entity } }: Draft): readonly MappingRow[] =>
  entity === undefined ? defaultMapping : (builtInType(entity)?.mapping ?? []);

function isInward(draft: Draft, field: string): boolean {
  const row = rowOf(draft.context.mapping, field) ?? rowOf(defaultsOf(draft), field);

  return row ? row.direction === 'to-marketo' : draft.record.entity !== undefined;
}

type KnownPlaces = Readonly<Record<System, Map<string, Places>>>;

const known = new WeakMap<readonly MappingRow[], KnownPlaces>();

/** Worked out once per mapping and table; a mapping is that of one entity, and never changed in place. */
function placesFor(draft: Draft, { system, table }: Side): Places {
  const { mapping } = draft.context;
  const ofMapping = known.get(mapping) ?? { dynamics: new Map(), marketo: new Map() };
  const places = ofMapping[system].get(table);
  if (places) return places;
  const found = placesIn(mapping, defaultsOf(draft), { system, table });
  known.set(mapping, ofMapping);
  ofMapping[system].set(table, found);

  return found;
}

/** All fields live where they do by default. */
const nowhereElse: Places = {};

/** A field that is none of the default mapping has its own name by default, as those of custom rows do. */
function placesIn(mapping: readonly MappingRow[], defaults: readonly MappingRow[], side: Side): Places {
  const moved = mapping.flatMap((row) => {
    const base = rowOf(defaults, row.field);
    const place = placeOf(side, row) + labelsOf(side, row);
    const isDefault = base ? place === placeOf(side, base) : place === '' || place === row.field;

    return isDefault ? [] : [[row.field, place] as const];
  });

  return moved.length > 0 ? Object.fromEntries(moved) : nowhereElse;
}

const placeOf = ({ system, table }: Side, { columns, marketo }: MappingRow): string =>
  system === 'marketo' ? marketo : (columns[table] ?? '');

const labelMark = '#';

/** Marketo knows no numbers, but several labels are in the order of theirs. */
function labelsOf({ system, table }: Side, { labels, columns, type }: MappingRow): string {
  const counts = system === 'marketo' ? type === 'options' : columns[table] !== undefined;

  return labels && counts ? `${labelMark}${hashOf(labels)}` : '';
}

const hashLength = 8;

const hashOf = (labels: object): string => uuidV5(JSON.stringify(labels), uuidV5.URL).slice(0, hashLength);
