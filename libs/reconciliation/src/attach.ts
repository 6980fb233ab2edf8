import type { ChangeEvent, ErrorCode } from '@lockstep/change-events';
import { deepEqual } from 'fast-equals';
import { keysOfAccount, keysOfContact } from './accountKeys.ts';
import { setField } from './applyChange.ts';
import { activeRow, type Draft, type DraftRecord, type DraftRow } from './decision.ts';
import type { GoldenField } from './goldenRecord.ts';
import { isKeptOut } from './keptOut.ts';
import type { Customer } from './linkedRow.ts';
import { planOf } from './mappingPlan.ts';

const companyField = 'companyId';
/** The only lookup that is written to Dynamics. */
const customerColumn = 'parentcustomerid';
const ruleStart = 'account-by-';
const ambiguousCode: ErrorCode = 'ACCOUNT_AMBIGUOUS';
const retellMs = 60_000;
const soughtStart = 'sought:';

/** Under what a contact that looks for an account with this key is found. */
export const soughtKey = (key: string): string => `${soughtStart}${key}`;

/** The keys that a contact looks for, in the order of the rule. */
export const keysSought = ({ keys = [] }: Pick<DraftRecord, 'keys'>): readonly string[] =>
  keys.flatMap((key) => (key.startsWith(soughtStart) ? [key.slice(soughtStart.length)] : []));

/** The golden value is an account that a rule has found. */
export const isAttached = (field: GoldenField): boolean => field.rule.startsWith(ruleStart);

/** Takes what attaching needs of a row, beyond what is mapped. `isProven`: a null is a null, and no column that may not be read. */
export function noteForAttach(draft: Draft, row: DraftRow, event: ChangeEvent, isProven: boolean): void {
  if (row.table === 'account') return noteState(row, event);
  const value = customerIn(draft, row, event);
  if (value === undefined || (value === null && !isProven)) return;
  row.customer = value === null ? withoutCustomer(row) : 'named';
}

/** The event shows for the first time whether the contact has a customer. */
export const hasCustomerNews = (draft: Draft, row: DraftRow, event: ChangeEvent): boolean =>
  row.customer === undefined && event.page.epoch > 0 && customerIn(draft, row, event) !== undefined;

function customerIn({ context }: Draft, { table }: DraftRow, { fields }: ChangeEvent) {
  return context.policy.attachAccounts && table === 'contact' ? fields?.[customerColumn] : undefined;
}

function withoutCustomer({ customer, seen }: DraftRow): Customer {
  const wasNamed = (seen[companyField]?.value ?? null) !== null;

  return customer === 'none' || (customer === undefined && !wasNamed) ? 'none' : 'cleared';
}

/** An account that is not used any more, such as the loser of a merge, gets no contacts. */
function noteState(row: DraftRow, { fields }: ChangeEvent): void {
  const state = fields?.['statecode'];
  if (state === undefined) return;
  const isInactive = state !== null && typeof state === 'object' && 'value' in state && state.value !== 0;
  if (isInactive) row.inactive = true;
  else delete row.inactive;
}

/** Keeps an account findable, and gives a contact without one the only one that the rule finds. */
export function attachAccount(draft: Draft): void {
  const { record } = draft;
  if (record.entity !== undefined) return record.entity === 'account' ? markKeys(draft) : undefined;
  const sought = isSeeking(draft) ? soughtBy(draft) : [];
  if (sought.length === 0) return stopSeeking(draft);
  if (deepEqual(sought, keysSought(record))) return look(draft, sought);
  // Kept before it looks: an account that comes meanwhile finds it.
  record.keys = sought.map(soughtKey);
  if (draft.context.firstReadsComplete) record.attaching = { dueAtMs: draft.context.nowMs };
}

/** A contact that nobody gave an account, or took it from, as far as its row was shown. */
function isSeeking({ record, context }: Draft): boolean {
  const row = activeRow(record, 'dynamics');
  if (row?.customer !== 'none' || record.aliasOf || !isOpen(row) || isKeptOut(context, row)) return false;

  return isWithoutCompany(record) && planOf(context.mapping).fields.has(companyField);
}

const isWithoutCompany = ({ fields }: DraftRecord): boolean => (fields[companyField]?.value ?? null) === null;

const isOpen = ({ deletedAt, missing, mergedInto }: DraftRow): boolean =>
  deletedAt === null && !missing && mergedInto === undefined;

const soughtBy = ({ record, context }: Draft): readonly string[] =>
  context.policy.attachAccounts ? keysOfContact(record.fields, context.policy.attachAccounts) : [];

function stopSeeking({ record }: Draft): void {
  if (record.keys === undefined) return;
  delete record.keys;
  delete record.attaching;
  unmark(activeRow(record, 'dynamics'));
}

/** Nothing is concluded before both sides are read, nor of keys that were not looked for this time. */
function look(draft: Draft, sought: readonly string[]): void {
  const { record, context } = draft;
  const row = activeRow(record, 'dynamics');
  const isRead = sought.every((key) => context.accounts?.has(key));
  if (!row || !isRead || !context.firstReadsComplete) return;
  delete record.attaching;
  unmark(row);
  const key = sought.find((other) => accountsBy(draft, other).length > 0);
  const [id, another] = key === undefined ? [] : accountsBy(draft, key);
  if (key === undefined || id === undefined) return;
  if (another !== undefined) {
    row.parked[companyField] = { value: null, code: ambiguousCode, detail: `several accounts by ${key}` };
    return;
  }
  const rule = `${ruleStart}${key.slice(0, key.indexOf('/'))}`;
  setField(draft, companyField, { value: id, source: 'dynamics', changedAt: null, rule });
  delete record.keys;
}

const accountsBy = ({ context }: Draft, key: string): readonly string[] => context.accounts?.get(key) ?? [];

function unmark(row: DraftRow | undefined): void {
  if (row?.parked[companyField]?.code === ambiguousCode) delete row.parked[companyField];
}

/** A contact that looks for an account is looked at again when both sides are read. */
export function awaitAccounts({ record, context }: Draft): void {
  if (record.keys === undefined || context.firstReadsComplete || record.waiting) return;
  record.waiting = { cause: 'first-reads', code: null, dueAtMs: Number.MAX_SAFE_INTEGER };
}

function markKeys(draft: Draft): void {
  const { record } = draft;
  const row = activeRow(record, 'dynamics');
  const isFindable = row !== undefined && isOpen(row) && row.inactive !== true;
  const keys = isFindable ? keysOfAccount(record.fields) : [];
  if (keys.length > 0) record.keys = keys;
  else if (record.keys) delete record.keys;
  tellSeekers(draft);
}

/** Who looks for a key that an account took up or gave up is woken (`seekers`); asked for until it is done. */
function tellSeekers(draft: Draft): void {
  const { record, context } = draft;
  const changed = changedKeys(draft);
  const keys = [...new Set([...keysToTell(record), ...changed])];
  if (keys.length > 0 && context.policy.attachAccounts) {
    if (changed.length > 0 || isDue(draft)) askToTell(draft, keys);
  } else if (record.attaching) delete record.attaching;
}

const keysToTell = ({ attaching }: DraftRecord): readonly string[] => attaching?.keys ?? [];

const isDue = ({ record, context }: Draft): boolean =>
  record.attaching !== undefined && record.attaching.dueAtMs <= context.nowMs;

function askToTell({ record, context, forwards }: Draft, keys: readonly string[]): void {
  record.attaching = { keys, dueAtMs: context.nowMs + retellMs };
  for (const target of keys)
    forwards.push({ kind: 'wake-up', goldenId: record.goldenId, reason: 'seekers', target });
}

/** Of a first load nobody is told: whoever looks for an account waits for the end of it. */
function changedKeys({ record, before, context, cause }: Draft): readonly string[] {
  if (cause.lane === 'BACKFILL' && !context.firstReadsComplete) return [];
  const [former, present] = [before.keys ?? [], record.keys ?? []];

  return [
    ...present.filter((key) => !former.includes(key)),
    ...former.filter((key) => !present.includes(key)),
  ];
}

/** Those who look for a key are being told; further pages name the last of them behind it. Without a key left, nothing is told (`tellSeekers`). */
export function markSeekersTold({ record }: Draft, target: string | null): void {
  const { attaching } = record;
  if (attaching?.keys)
    record.attaching = { ...attaching, keys: attaching.keys.filter((key) => key !== target) };
}
