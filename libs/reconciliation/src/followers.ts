import { activeRow, type Draft } from './decision.ts';
import type { Followed, GoldenField, GoldenRecord } from './goldenRecord.ts';
import { endsOf } from './entityTypes.ts';
import { rowKey } from './linkedRow.ts';
import type { MappingRow } from './mapping.ts';
import { lookAgainAtEntity } from './planEntity.ts';

const retellMs = 60_000;
const personTables: readonly string[] = ['lead', 'contact'];

type HeldValues = { readonly fields: Readonly<Record<string, Pick<GoldenField, 'value'>>> };

/**
 * The rows by which a record finds its person: what its relations name that end at one, or lead others there; and contacts by which it
 * finds a company.
 */
export function namesOf({ fields }: HeldValues, mapping: readonly MappingRow[]): string[] {
  const leading = mapping.filter((row) =>
    [...endsOf(row), ...(row.through?.tables ?? [])].some((table) => personTables.includes(table)),
  );
  const ids = leading.map(({ field }) => fields[field]?.value);

  return [...new Set(ids.filter((id): id is string => typeof id === 'string'))].sort();
}

/** Under what a record whose person was merged away is found by that of whoever carries on, who may be merged in turn. */
export function heirNames({ rows }: Pick<GoldenRecord, 'rows'>): string[] {
  const person = activeRow({ rows }, 'marketo');

  return person?.deletedAt && person.mergedInto ? [rowKey({ ...person, id: person.mergedInto })] : [];
}

/** The person of Marketo by whom a record is known to those who name its row: where it was merged away, who carries on. */
export function personOf(record: Pick<GoldenRecord, 'rows'>): string | null {
  const person = activeRow(record, 'marketo');
  if (!person?.deletedAt) return person?.id ?? null;

  return person.mergedInto ?? null;
}

/** Where those who name a row are led by it: of a record beside persons, to what it names. */
function leadsTo({ record, context }: Draft): string | null {
  return record.entity ? namesOf(record, context.mapping).join() : lastPersonOf(record);
}

/** One that named nobody so far may be named already. */
function ledTo({ before }: Draft): string | null {
  if (!before.entity) return lastPersonOf(before);

  return before.names?.join() ?? (before.revision.number > 0 ? '' : null);
}

/** The person that a record has or had last, as those who name its row know it. */
function lastPersonOf(record: Pick<GoldenRecord, 'rows'>): string | null {
  const person = activeRow(record, 'marketo');

  return person?.mergedInto ?? person?.id ?? null;
}

/**
 * A person that was made anew, merged into another or exchanged has another id in Marketo: custom objects and roles that its
 * row leads to are linked anew, and so are those that a row between leads to another one, and opportunities of a contact that goes to
 * another company. Who came before the first waits by itself (decision 13). Asked for until it is done.
 */
export function tellFollowers(draft: Draft): void {
  const { record } = draft;
  if (record.aliasOf) return;
  const former = record.followed?.person ?? ledTo(draft);
  if (isOfOtherCompany(draft)) askOnceInAWhile(draft, { person: former ?? '', moved: true });
  else followPerson(draft, former);
}

function followPerson(draft: Draft, former: string | null): void {
  const { record } = draft;
  const person = leadsTo(draft);
  if (former === null || former === person) forget(record);
  else if (person === null) record.followed = { person: former };
  else askOnceInAWhile(draft, { person: former });
}

/** Who names its row is still to be told so. */
const isOfOtherCompany = (draft: Draft): boolean => draft.record.followed?.moved === true || hasMoved(draft);

/** From one company to another. */
function hasMoved({ record, before }: Draft): boolean {
  const [company, former] = [record.fields['companyId']?.value, before.fields['companyId']?.value];

  return typeof company === 'string' && typeof former === 'string' && company !== former;
}

/** A field that is not there is not deleted: that would cost each record its shape. */
function forget(record: Draft['record']): void {
  if (record.followed) delete record.followed;
}

function askOnceInAWhile(draft: Draft, asked: Pick<Followed, 'person' | 'moved'>): void {
  const { record, context, forwards } = draft;
  const dueAtMs = hasMoved(draft) ? context.nowMs : (record.followed?.dueAtMs ?? context.nowMs);
  if (dueAtMs > context.nowMs) return;
  record.followed = { ...asked, dueAtMs: context.nowMs + retellMs };
  forwards.push(askToTell(record.goldenId));
}

const askToTell = (goldenId: string) =>
  ({ kind: 'wake-up', goldenId, reason: 'followers', target: null }) as const;

/** Those who name the record's rows are being told. */
export function markTold(draft: Draft): void {
  if (draft.record.followed?.moved || leadsTo(draft) !== null) forget(draft.record);
}

/**
 * Whom the record names is another one in Marketo: it is planned anew, whatever waited, and so is whoever it leads there. Of a person
 * that was merged away only those are told.
 */
export function followAgain(draft: Draft): void {
  const { record, context } = draft;
  if (!record.entity && heirNames(record).length === 0) return;
  draft.forwards.push(askToTell(record.goldenId));
  if (!record.entity) return;
  if (record.held) record.held = { ...record.held, dueAtMs: context.nowMs };
  lookAgainAtEntity(draft);
}
