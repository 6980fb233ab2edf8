import type { Value } from './people.ts';

/** A column that a people file may have. `read` answers the value, or what is wrong with the text. */
export type ColumnRule = {
  readonly name: string;
  readonly leadOnly?: boolean;
  readonly read: (text: string) => Value | { readonly fault: string };
};

/** Lengths of the columns in Dynamics. */
const textLengths: Readonly<Record<string, number>> = {
  salutation: 100,
  firstname: 50,
  middlename: 50,
  lastname: 50,
  jobtitle: 100,
  telephone1: 50,
  telephone2: 50,
  mobilephone: 20,
  address1_line1: 250,
  address1_line2: 250,
  address1_line3: 250,
  address1_city: 80,
  address1_stateorprovince: 50,
  address1_country: 80,
  address1_postalcode: 20,
  description: 2000,
};

/** Dynamics takes a topic of 300 characters, a text of Marketo holds 255. */
const leadTextLengths: Readonly<Record<string, number>> = { companyname: 100, subject: 255, fax: 50 };
const flagNames = ['donotbulkemail', 'donotphone', 'donotemail', 'donotfax', 'donotsendmm', 'new_synctomkto'];
const emailLengthMax = 100;
/** What Marketo takes: one that it refuses would leave the person without, and the verdict would say so. */
const emailPattern = /^[\x21-\x3f\x41-\x7e]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;

function textRule(name: string, lengthMax: number): ColumnRule {
  return {
    name,
    read: (text) => {
      if (text.length > lengthMax) return { fault: `is longer than ${lengthMax} characters` };
      return text === '' ? null : text;
    },
  };
}

const emailRule: ColumnRule = {
  name: 'emailaddress1',
  read: (text) => {
    if (text === '') return null;
    if (text.length > emailLengthMax) return { fault: `is longer than ${emailLengthMax} characters` };
    return emailPattern.test(text) ? text : { fault: 'is not an email address that Marketo takes' };
  },
};

const typeRule: ColumnRule = {
  name: 'type',
  read: (text) => {
    const type = text.toLowerCase();
    return type === 'lead' || type === 'contact' ? type : { fault: 'is neither lead nor contact' };
  },
};

const flagWords: Readonly<Record<string, boolean>> = {
  yes: true,
  true: true,
  1: true,
  no: false,
  false: false,
  0: false,
};

function flagRule(name: string): ColumnRule {
  return {
    name,
    read: (text) =>
      text === '' ? null : (flagWords[text.toLowerCase()] ?? { fault: 'is neither yes nor no' }),
  };
}

const revenueRule: ColumnRule = {
  name: 'revenue',
  leadOnly: true,
  read: (text) => {
    if (text === '') return null;
    return /^\d{1,12}(\.\d{1,2})?$/.test(text) ? Number(text) : { fault: 'is not an amount such as 1250.50' };
  },
};

const rules: readonly ColumnRule[] = [
  typeRule,
  emailRule,
  revenueRule,
  ...Object.entries(textLengths).map(([name, lengthMax]) => textRule(name, lengthMax)),
  ...Object.entries(leadTextLengths).map(([name, lengthMax]) => ({
    ...textRule(name, lengthMax),
    leadOnly: true,
  })),
  ...flagNames.map(flagRule),
];

/** Every column by its name in Dynamics; `type` says lead or contact. */
export const columnRules: Readonly<Record<string, ColumnRule>> = Object.fromEntries(
  rules.map((rule) => [rule.name, rule]),
);

/** Names that people use, in lower case and without blanks, dashes and underscores. */
const friendlyNames: Readonly<Record<string, string>> = {
  email: 'emailaddress1',
  emailaddress: 'emailaddress1',
  title: 'jobtitle',
  phone: 'telephone1',
  telephone: 'telephone1',
  homephone: 'telephone2',
  mobile: 'mobilephone',
  address: 'address1_line1',
  street: 'address1_line1',
  city: 'address1_city',
  state: 'address1_stateorprovince',
  country: 'address1_country',
  postalcode: 'address1_postalcode',
  zip: 'address1_postalcode',
  notes: 'description',
  company: 'companyname',
  topic: 'subject',
  annualrevenue: 'revenue',
  unsubscribed: 'donotbulkemail',
  donotcall: 'donotphone',
  sync: 'new_synctomkto',
};

const squeezed = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '');
const bySqueezedName = new Map(rules.map((rule) => [squeezed(rule.name), rule]));

/** The column that a header cell means; undefined when nobody knows. */
export function columnOf(header: string): ColumnRule | undefined {
  const name = squeezed(header);
  return bySqueezedName.get(name) ?? columnRules[friendlyNames[name] ?? ''];
}
