import {
  canonicalDecimal,
  isoTime,
  type FieldDefinition,
  type FieldValue,
  type FieldValues,
  type Scalar,
  type TableDefinition,
} from '@lockstep/change-events';

/** Labels by column (`table.column`, or `column` for all tables) and value. */
export type OptionLabels = Readonly<Record<string, Readonly<Record<number, string>>>>;

const numbered = (...labels: readonly string[]): Readonly<Record<number, string>> =>
  Object.fromEntries(labels.map((label, index) => [index + 1, label]));

/** The stock option sets of the columns in the default mapping (dataverse facts 6). */
export const stockOptionLabels: OptionLabels = {
  'lead.statecode': { 0: 'Open', 1: 'Qualified', 2: 'Disqualified' },
  'lead.statuscode': numbered(
    'New',
    'Contacted',
    'Qualified',
    'Lost',
    'Cannot Contact',
    'No Longer Interested',
    'Canceled',
  ),
  'contact.statecode': { 0: 'Active', 1: 'Inactive' },
  'contact.statuscode': numbered('Active', 'Inactive'),
  leadsourcecode: numbered(
    'Advertisement',
    'Employee Referral',
    'External Referral',
    'Partner',
    'Public Relations',
    'Seminar',
    'Trade Show',
    'Web',
    'Word of Mouth',
    'Other',
  ),
  leadqualitycode: numbered('Hot', 'Warm', 'Cold'),
  preferredcontactmethodcode: numbered('Any', 'Email', 'Phone', 'Fax', 'Mail'),
};

const defaults: Readonly<Record<string, Scalar>> = {
  statecode: 0,
  statuscode: 1,
  preferredcontactmethodcode: 1,
  leadqualitycode: 2,
  donotphone: false,
  donotbulkemail: false,
  donotemail: false,
  donotfax: false,
  donotsendmm: false,
};

/** Longest text of a column; all others take 2,000 characters. */
const textLengths: Readonly<Record<string, number>> = {
  salutation: 100,
  firstname: 50,
  middlename: 50,
  lastname: 50,
  emailaddress1: 100,
  jobtitle: 100,
  telephone1: 50,
  telephone2: 50,
  mobilephone: 20,
  companyname: 100,
  subject: 300,
};
const textLengthMax = 2000;

/** A refusal as the port reports it. */
export type ColumnFault = { readonly code: string; readonly field: string; readonly detail: string };

export type ColumnRules = {
  /** A new row: what is given, the table's defaults, null for the rest. */
  blankRow(definition: TableDefinition): FieldValues;
  /** A written column in the form in which it is read back, or why Dataverse refuses it. */
  write(table: string, field: FieldDefinition, value: Scalar): { value: FieldValue } | { fault: ColumnFault };
};

/** The rules by which columns take values; the same codes as Dataverse's (dataverse facts 4.3). */
export function columnRules(optionLabels: OptionLabels): ColumnRules {
  const labelsOf = (table: string, name: string) => optionLabels[`${table}.${name}`] ?? optionLabels[name];
  const optionOf = (table: string, field: string, value: number): FieldValue => ({
    value,
    label: labelsOf(table, field)?.[value] ?? null,
  });

  return {
    blankRow: ({ table, fields }) =>
      Object.fromEntries(
        fields.map(({ name, type }) => {
          const value = defaults[name] ?? null;

          return [
            name,
            type === 'option' && typeof value === 'number' ? optionOf(table, name, value) : value,
          ];
        }),
      ),
    write(table, { name, type }, value) {
      const fault = value === null ? null : faultOf(type, name, value, labelsOf(table, name));
      if (fault) return { fault };
      if (value === null) return { value };
      if (type === 'option') return { value: optionOf(table, name, Number(value)) };
      if (type === 'options')
        return { value: splitOptions(value).map((part) => optionOf(table, name, part)) as FieldValue };

      return { value: readBack(type, value) };
    },
  };
}

function splitOptions(value: Scalar): readonly number[] {
  return String(value).split(',').map(Number);
}

/** Text that is empty reads back as null (inferred, like the emulator's default). */
function readBack(type: FieldDefinition['type'], value: Scalar): FieldValue {
  if (type === 'string') return value === '' ? null : value;
  if (type === 'decimal') return canonicalDecimal(String(value));

  return type === 'timestamp' ? isoTime(Math.floor(Date.parse(String(value)) / 1000) * 1000) : value;
}

function faultOf(
  type: FieldDefinition['type'],
  field: string,
  value: string | number | boolean,
  labels: Readonly<Record<number, string>> | undefined,
): ColumnFault | null {
  const expected = expectedTypes[type];
  if (expected !== undefined && typeof value !== expected) return { ...mistyped, field };
  const fault = valueFault(type, value, { lengthMax: textLengths[field] ?? textLengthMax, labels });

  return fault && { ...fault, field };
}

type Limits = { readonly lengthMax: number; readonly labels: Readonly<Record<number, string>> | undefined };

function valueFault(
  type: FieldDefinition['type'],
  value: Scalar,
  { lengthMax, labels }: Limits,
): Omit<ColumnFault, 'field'> | null {
  switch (type) {
    case 'string':
      return textFault(value, lengthMax);
    case 'option':
      return isInSet(value, labels) ? null : notInSet;
    case 'decimal':
      return isDecimal(value) ? null : unwritable;
    default:
      return null;
  }
}

function textFault(value: Scalar, lengthMax: number): Omit<ColumnFault, 'field'> | null {
  if (String(value).length <= lengthMax) return null;
  const detail = `the text is longer than the column allows (${lengthMax} characters)`;

  return { code: '0x80044331', detail };
}

/** A column without known labels takes every number. */
function isInSet(value: Scalar, labels: Limits['labels']): boolean {
  return labels === undefined || Number(value) in labels;
}

const mistyped = { code: '0x80048d19', detail: 'the column does not exist or has another type' };
const notInSet = { code: '0x8004431a', detail: 'the option is not in the option set' };
const unwritable = { code: 'VALUE_NOT_REPRESENTABLE', detail: 'the value has no form that Dataverse takes' };

const expectedTypes: Partial<Readonly<Record<FieldDefinition['type'], string>>> = {
  string: 'string',
  boolean: 'boolean',
  integer: 'number',
  number: 'number',
  option: 'number',
  timestamp: 'string',
  date: 'string',
};

function isDecimal(value: Scalar): boolean {
  try {
    return canonicalDecimal(String(value)) !== '';
  } catch {
    return false;
  }
}
