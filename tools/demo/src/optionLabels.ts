import type { PersonTable } from './demoFields.ts';

type Labels = Readonly<Record<number, string>>;

const contactMethods: Labels = { 1: 'Any', 2: 'Email', 3: 'Phone', 4: 'Fax', 5: 'Mail' };

const leadLabels: Readonly<Record<string, Labels>> = {
  statecode: { 0: 'Open', 1: 'Qualified', 2: 'Disqualified' },
  statuscode: { 1: 'New', 2: 'Contacted', 3: 'Qualified', 4: 'Lost' },
  leadsourcecode: {
    1: 'Advertisement',
    2: 'Employee Referral',
    3: 'External Referral',
    4: 'Partner',
    5: 'Public Relations',
    6: 'Seminar',
    7: 'Trade Show',
    8: 'Web',
    9: 'Word of Mouth',
    10: 'Other',
  },
  leadqualitycode: { 1: 'Hot', 2: 'Warm', 3: 'Cold' },
  preferredcontactmethodcode: contactMethods,
};

const contactLabels: Readonly<Record<string, Labels>> = {
  statecode: { 0: 'Active', 1: 'Inactive' },
  statuscode: { 1: 'Active', 2: 'Inactive' },
  preferredcontactmethodcode: contactMethods,
};

const labels: Readonly<Record<PersonTable, Readonly<Record<string, Labels>>>> = {
  lead: leadLabels,
  contact: contactLabels,
};

/** The label that Dynamics shows for a number of an option column; the number itself where none is known. */
export function optionLabel(table: PersonTable, column: string, value: number): string {
  return labels[table][column]?.[value] ?? String(value);
}
