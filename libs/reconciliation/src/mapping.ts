import type { PersonKind, Scalar } from '@lockstep/change-events';
import type { ConflictPolicy, WritePolicy } from './conflictPolicies.ts';
import type { optionSets } from './optionSets.ts';

/**
 * How a golden value is held; `option` is held by its label, `decimal` as a canonical string, `timestamp` as ISO text, `date` as its day. `options`,
 * of which several may be chosen, are their labels in the order of their numbers with semicolons between (F-16): Marketo has
 * no such type, and its text can be read back by a table of `labels` only.
 */
export type GoldenType =
  'string' | 'boolean' | 'integer' | 'decimal' | 'timestamp' | 'date' | 'option' | 'options';

/** `none`: it is held, so that others can follow it, and told to nobody. */
export type Direction = 'both' | 'to-marketo' | 'to-dynamics' | 'none';

/** Rows that stand between a record and its parent. */
export type Through = {
  readonly tables: readonly string[];
  readonly field: string;
  readonly parents: readonly string[];
};

/**
 * One golden field and where it lives. A table without a column for it leaves it alone. `optOut`: true means "leave me
 * alone" and is never undone by an edit that did not know of it. Rows without columns mirror the record itself. `parents`:
 * a relation to a row of one of these tables, held as that row's id; it waits until Marketo has the parent. `key`: part of
 * the key in Marketo. `needed`: without it the record is not in Marketo. `through`: rows of those tables, which are
 * parents too, only stand between: whom their golden `field` names is the parent. `otherwise`: what Marketo is told when there is no such row, by table of the
 * record's own row. `labels`: numbers of an option by label,
 * in place of the option set's. `constant`: the value of everybody, which no side may change. `conflict` and `write` are the
 * operator's policies; without them conflicts are decided natively, and values may be overwritten.
 */
export type MappingRow = {
  readonly field: string;
  readonly type: GoldenType;
  readonly columns: Readonly<Partial<Record<string, string>>>;
  readonly marketo: string;
  readonly direction: Direction;
  readonly optionSet?: keyof typeof optionSets;
  readonly optOut?: boolean;
  readonly parents?: readonly string[];
  readonly key?: boolean;
  readonly needed?: boolean;
  readonly through?: Through;
  readonly otherwise?: Readonly<Partial<Record<string, string>>>;
  readonly labels?: Readonly<Record<string, number>>;
  readonly constant?: Scalar;
  readonly conflict?: Readonly<Partial<Record<PersonKind, ConflictPolicy>>>;
  readonly write?: WritePolicy;
};

/** Whoever owns a row is a salesperson, be it a user or a team (G-17). */
export const ownerTables: readonly string[] = ['systemuser', 'team'];

type Extras = Partial<Pick<MappingRow, 'type' | 'direction' | 'optionSet' | 'optOut' | 'parents'>> & {
  on?: 'lead' | 'contact';
};

function row(field: string, column: string | null, marketo: string, extras: Extras = {}): MappingRow {
  const { on, ...rest } = extras;
  const tables = on ? [on] : ['lead', 'contact'];
  const columns = Object.fromEntries(column === null ? [] : tables.map((table) => [table, column]));
  return { field, type: 'string', direction: 'both', columns, marketo, ...rest };
}

const flag = { type: 'boolean' } as const;
const whole = { type: 'integer' } as const;
const inward = { direction: 'to-marketo' } as const;
const outward = { direction: 'to-dynamics' } as const;

/** The default mapping of lead and contact (native-sync 2.4); system fields that mirror the record come first. */
export const defaultMapping: readonly MappingRow[] = [
  row('lockstepId', null, 'lockstepId', inward),
  row('crmId', null, 'crmId', inward),
  row('crmType', null, 'crmType', inward),
  row('crmIsDeleted', null, 'crmIsDeleted', { ...flag, ...inward }),

  row('crmCreatedDate', 'createdon', 'crmCreatedDate', { type: 'timestamp', ...inward }),
  row('leadStatus', 'statecode', 'leadStatus', { type: 'option', optionSet: 'statecode', ...inward }),
  row('crmStatusReason', 'statuscode', 'crmStatusReason', {
    type: 'option',
    optionSet: 'statuscode',
    ...inward,
  }),
  row('subject', 'subject', 'crmSubject', { on: 'lead', ...inward }),
  row('companyId', 'parentcustomerid', 'externalCompanyId', {
    on: 'contact',
    parents: ['account'],
    ...inward,
  }),
  row('ownerId', 'ownerid', 'externalSalesPersonId', { parents: ownerTables, ...inward }),

  row('salutation', 'salutation', 'salutation'),
  row('firstName', 'firstname', 'firstName'),
  row('middleName', 'middlename', 'middleName'),
  row('lastName', 'lastname', 'lastName'),
  row('email', 'emailaddress1', 'email'),
  row('jobTitle', 'jobtitle', 'title'),
  row('phone', 'telephone1', 'phone'),
  row('mobilePhone', 'mobilephone', 'mobilePhone'),
  row('homePhone', 'telephone2', 'crmHomePhone'),
  row('fax', 'fax', 'fax', { on: 'lead' }),
  row('address', 'address1_line1', 'address'),
  row('address2', 'address1_line2', 'crmAddress2'),
  row('address3', 'address1_line3', 'crmAddress3'),
  row('city', 'address1_city', 'city'),
  row('state', 'address1_stateorprovince', 'state'),
  row('country', 'address1_country', 'country'),
  row('postalCode', 'address1_postalcode', 'postalCode'),
  row('notes', 'description', 'mktoPersonNotes'),
  row('company', 'companyname', 'company', { on: 'lead' }),
  row('topic', 'subject', 'crmTopic', { on: 'lead' }),
  row('leadSource', 'leadsourcecode', 'leadSource', {
    on: 'lead',
    type: 'option',
    optionSet: 'leadsourcecode',
  }),
  row('rating', 'leadqualitycode', 'rating', { on: 'lead', type: 'option', optionSet: 'leadqualitycode' }),
  row('preferredContactMethod', 'preferredcontactmethodcode', 'crmPreferredContactMethod', {
    type: 'option',
    optionSet: 'preferredcontactmethodcode',
  }),
  row('annualRevenue', 'revenue', 'annualRevenue', { on: 'lead', type: 'decimal' }),

  row('unsubscribed', 'donotbulkemail', 'unsubscribed', { ...flag, optOut: true }),
  row('doNotCall', 'donotphone', 'doNotCall', { ...flag, optOut: true }),
  row('doNotEmail', 'donotemail', 'crmDoNotEmail', { ...flag, optOut: true }),
  row('doNotFax', 'donotfax', 'crmDoNotFax', { ...flag, optOut: true }),
  row('doNotSendMarketingMaterial', 'donotsendmm', 'crmDoNotSendMarketingMaterial', {
    ...flag,
    optOut: true,
  }),

  row('leadScore', 'mkt_leadscore', 'leadScore', { ...whole, ...outward }),
  row('relativeScore', 'mkt_relativescore', 'relativeScore', { ...whole, ...outward }),
  row('priority', 'mkt_priority', 'priority', { ...whole, ...outward }),
  row('urgency', 'mkt_urgency', 'urgency', { ...whole, ...outward }),
  row('lastInterestingMomentDate', 'mkt_lastinterestingmomentdate', 'lastInterestingMomentDate', {
    type: 'timestamp',
    ...outward,
  }),
  row(
    'lastInterestingMomentDescription',
    'mkt_lastinterestingmomentdesc',
    'lastInterestingMomentDescription',
    outward,
  ),
  row(
    'lastInterestingMomentSource',
    'mkt_leadinterestingmomentsource',
    'lastInterestingMomentSource',
    outward,
  ),
  row('lastInterestingMomentType', 'mkt_lastinterestingmomenttype', 'lastInterestingMomentType', outward),
];

/** The yes/no column that keeps a row away when it says No (F-57). */
export const filterColumn = 'new_synctomkto';
