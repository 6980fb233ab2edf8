import {
  isAfter,
  personFields,
  type ChangeEvent,
  type ErrorCode,
  type FieldValues,
  type Sequence,
} from '@lockstep/change-events';
import { confirm } from './ownWrites.ts';
import { activeRow, type Draft, type DraftRow } from './decision.ts';
import { forwardSaved } from './forwardSaved.ts';
import { goldenIdOf } from './goldenIds.ts';
import { rowKey, type SeenValue } from './linkedRow.ts';
import type { MappingRow } from './mapping.ts';
import { companyFields, valueOf } from './marketoValues.ts';
import { observe } from './observe.ts';
import { read } from './projection.ts';

/** Of a field of a company that somebody edited in Marketo, and that the next change of the account overwrites (F-41, G-12). */
const editedCode: ErrorCode = 'COMPANY_EDITED';

/**
 * Marketo tells of an edit of a company by its persons only (marketo-rest 4): what a person shows anew of its company goes to
 * the golden record of the account, which knows whether it is an edit. Every person of the company shows the same.
 */
export function tellAccount(draft: Draft, event: ChangeEvent): void {
  const [person, accountId] = [activeRow(draft.record, 'marketo'), accountOf(draft)];
  if (!person || accountId === null) return;
  const fields = shownOfCompany(draft, event);
  if (!isToldOfEdit(draft, event, fields) && !showsEdit(draft, person, fields)) return;
  forwardSaved(draft, {
    kind: 'event',
    goldenId: goldenIdOf(rowKey({ system: 'dynamics', table: 'account', id: accountId })),
    ...{ system: 'marketo', table: 'contact', written: null },
    event: {
      ...{ ...event, eventId: `${event.eventId}/company`, recordId: accountId },
      ...{ operation: 'UPSERT', fields, evidence: null },
    },
  });
}

/** The account whose company Marketo is known to have given the person. */
function accountOf({ record }: Draft): string | null {
  const named = record.fields['companyId']?.value;
  const held = activeRow(record, 'marketo')?.seen['companyId']?.value;

  return typeof named === 'string' && named === held ? named : null;
}

const readOfAll: ReadonlySet<string> = new Set(personFields.map(({ name }) => name));

const namesOf = ({ context }: Draft): ReadonlySet<string> =>
  new Set(context.mapping.map(({ marketo }) => marketo));

/** What a person shows that is its company's: fields of companies, and what nobody reads for the person itself. */
function shownOfCompany(draft: Draft, { fields }: ChangeEvent): FieldValues {
  const mapped = namesOf(draft);
  const shown = Object.entries(fields ?? {}).filter(
    ([name]) => companyFields.has(name) || !(readOfAll.has(name) || mapped.has(name)),
  );

  return Object.fromEntries(shown);
}

/** A record keeps what it is mapped with; of any other field only the feed tells an edit. */
function isToldOfEdit(draft: Draft, { evidence }: ChangeEvent, shown: FieldValues): boolean {
  const mapped = namesOf(draft);

  return (evidence?.rows ?? []).some(({ field }) => field !== null && field in shown && !mapped.has(field));
}

const showsEdit = (draft: Draft, person: DraftRow, fields: FieldValues): boolean =>
  draft.context.mapping.some((mapping) => mapping.marketo in fields && isNew(draft, person, mapping));

/** What is seen for the first time is no edit. */
function isNew({ before }: Draft, { id, seen }: DraftRow, { field }: MappingRow): boolean {
  const former = before.rows.find((row) => row.system === 'marketo' && row.id === id)?.seen[field];

  return former !== undefined && former.value !== seen[field]?.value;
}

/** Takes what a person shows of the company of this account: fields that are written back change, all others are marked. */
export function absorbCompanyEdit(draft: Draft, event: ChangeEvent): void {
  const company = activeRow(draft.record, 'marketo');
  if (!company) {
    draft.nothing = 'no-entry';
    return;
  }
  for (const mapping of draft.context.mapping) {
    const value = event.fields?.[mapping.marketo];
    const former = company.seen[mapping.field];
    if (value === undefined || mapping.parents || !former) continue;
    const reading = read('marketo', mapping, value);
    observe(draft, { row: company, mapping, reading, at: event.page, changedAt: event.changedAt });
    const isEdit = isEdited(company, mapping, former);
    // Companies have no feed that would tell of our own writes.
    confirm(company, mapping.field);
    mark(draft, { company, mapping, isEdit });
  }
}

/** What we wrote is no edit, though the account may have moved on since. */
function isEdited({ seen }: DraftRow, { field }: MappingRow, former: SeenValue): boolean {
  const now = seen[field];

  return now?.value !== former.value && !now?.unconfirmed;
}

type Shown = { readonly company: DraftRow; readonly mapping: MappingRow; readonly isEdit: boolean };

function mark(draft: Draft, { company, mapping, isEdit }: Shown): void {
  const { field, direction } = mapping;
  const wanted = valueOf(draft, mapping);
  if (direction !== 'to-marketo' || wanted === undefined) return;
  if (company.seen[field]?.value === wanted) forgetMark(company, field);
  else if (isEdit) company.parked[field] = { value: wanted, code: editedCode };
}

function forgetMark(company: DraftRow, field: string): void {
  if (company.parked[field]?.code === editedCode) delete company.parked[field];
}

/** The account has changed: what was edited in its company is overwritten, all fields at once (F-41). */
export function overwriteEdits({ record }: Draft, row: DraftRow, version: Sequence | null): void {
  const company = record.entity ? activeRow(record, 'marketo') : undefined;
  if (!company || !isAfter(version, row.version)) return;
  for (const field of Object.keys(company.parked)) forgetMark(company, field);
}
