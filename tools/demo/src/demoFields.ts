/** Which table of Dynamics a person lives in. */
export type PersonTable = 'lead' | 'contact';

/** How values of a field are compared; `option` is a number in Dynamics and its label in Marketo. */
export type FieldKind = 'text' | 'flag' | 'optOut' | 'option' | 'whole' | 'decimal' | 'time';

/** One column of Dynamics and the field of Marketo it is paired with. */
export type DemoField = {
  readonly column: string;
  readonly marketo: string;
  readonly kind: FieldKind;
  /** Which way values travel. */
  readonly way: 'both' | 'to-marketo' | 'to-dynamics';
  readonly tables: readonly PersonTable[];
};

type Pair = readonly [column: string, marketo: string, kind?: FieldKind, way?: DemoField['way']];

const onBoth: readonly PersonTable[] = ['lead', 'contact'];

const sharedPairs: readonly Pair[] = [
  ['createdon', 'crmCreatedDate', 'time', 'to-marketo'],
  ['statecode', 'leadStatus', 'option', 'to-marketo'],
  ['statuscode', 'crmStatusReason', 'option', 'to-marketo'],
  ['salutation', 'salutation'],
  ['firstname', 'firstName'],
  ['middlename', 'middleName'],
  ['lastname', 'lastName'],
  ['emailaddress1', 'email'],
  ['jobtitle', 'title'],
  ['telephone1', 'phone'],
  ['mobilephone', 'mobilePhone'],
  ['telephone2', 'crmHomePhone'],
  ['address1_line1', 'address'],
  ['address1_line2', 'crmAddress2'],
  ['address1_line3', 'crmAddress3'],
  ['address1_city', 'city'],
  ['address1_stateorprovince', 'state'],
  ['address1_country', 'country'],
  ['address1_postalcode', 'postalCode'],
  ['description', 'mktoPersonNotes'],
  ['preferredcontactmethodcode', 'crmPreferredContactMethod', 'option'],
  ['donotphone', 'doNotCall', 'optOut'],
  ['donotbulkemail', 'unsubscribed', 'optOut'],
  ['donotemail', 'crmDoNotEmail', 'optOut'],
  ['donotfax', 'crmDoNotFax', 'optOut'],
  ['donotsendmm', 'crmDoNotSendMarketingMaterial', 'optOut'],
  ['mkt_relativescore', 'relativeScore', 'whole', 'to-dynamics'],
  ['mkt_priority', 'priority', 'whole', 'to-dynamics'],
  ['mkt_urgency', 'urgency', 'whole', 'to-dynamics'],
  ['mkt_lastinterestingmomentdate', 'lastInterestingMomentDate', 'time', 'to-dynamics'],
  ['mkt_lastinterestingmomentdesc', 'lastInterestingMomentDescription', 'text', 'to-dynamics'],
  ['mkt_leadinterestingmomentsource', 'lastInterestingMomentSource', 'text', 'to-dynamics'],
  ['mkt_lastinterestingmomenttype', 'lastInterestingMomentType', 'text', 'to-dynamics'],
];

const leadPairs: readonly Pair[] = [
  ['fax', 'fax'],
  ['companyname', 'company'],
  ['subject', 'crmTopic'],
  ['subject', 'crmSubject', 'text', 'to-marketo'],
  ['leadsourcecode', 'leadSource', 'option'],
  ['leadqualitycode', 'rating', 'option'],
  ['revenue', 'annualRevenue', 'decimal'],
];

const contactPairs: readonly Pair[] = [['mkt_leadscore', 'leadScore', 'whole', 'to-dynamics']];

function fieldsOn(tables: readonly PersonTable[], pairs: readonly Pair[]): DemoField[] {
  return pairs.map(([column, marketo, kind = 'text', way = 'both']) => ({
    column,
    marketo,
    kind,
    way,
    tables,
  }));
}

/**
 * The default field mapping, written down a second time from native-sync 2.4 on purpose: the demo judges the product
 * by this table and never by the product's own.
 */
export const demoFields: readonly DemoField[] = [
  ...fieldsOn(onBoth, sharedPairs),
  ...fieldsOn(['lead'], leadPairs),
  ...fieldsOn(['contact'], contactPairs),
];

/** The pairs that one table has. */
export function fieldsOf(table: PersonTable, fields = demoFields): readonly DemoField[] {
  return fields.filter(({ tables }) => tables.includes(table));
}
