import type { OptionDefinition } from '../core/columnDefinition.ts';

/** Options 1, 2, 3 with these labels. */
export function numbered(...labels: readonly string[]): readonly OptionDefinition[] {
  return labels.map((label, index) => ({ value: index + 1, label }));
}

/** Stock values of `leadsourcecode` on lead. */
export const leadSources = numbered(
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
);

/** Stock values of `leadqualitycode`, the rating of a lead. */
export const leadQualities = numbered('Hot', 'Warm', 'Cold');

/** Stock values of `preferredcontactmethodcode`. */
export const contactMethods = numbered('Any', 'Email', 'Phone', 'Fax', 'Mail');

/** Stock value of `businesstypecode`. */
export const businessTypes = numbered('Default Value');

/** Stock values of `industrycode` on lead and account. */
export const industries = numbered(
  'Accounting',
  'Agriculture and Non-petrol Natural Resource Extraction',
  'Broadcasting Printing and Publishing',
  'Brokers',
  'Building Supply Retail',
  'Business Services',
  'Consulting',
  'Consumer Services',
  'Design, Direction and Creative Management',
  'Distributors, Dispatchers and Processors',
  "Doctor's Offices and Clinics",
  'Durable Manufacturing',
  'Eating and Drinking Places',
  'Entertainment Retail',
  'Equipment Rental and Leasing',
  'Financial',
  'Food and Tobacco Processing',
  'Inbound Capital Intensive Processing',
  'Inbound Repair and Services',
  'Insurance',
  'Legal Services',
  'Non-Durable Merchandise Retail',
  'Outbound Consumer Service',
  'Petrochemical Extraction and Distribution',
  'Service Retail',
  'SIG Affiliations',
  'Social Services',
  'Special Outbound Trade Contractors',
  'Specialty Realty',
  'Transportation',
  'Utility Creation and Distribution',
  'Vehicle Retail',
  'Wholesale',
);

/** States of a lead with the status each falls to (facts, section 6). */
export const leadStates: readonly OptionDefinition[] = [
  { value: 0, label: 'Open', defaultStatus: 1 },
  { value: 1, label: 'Qualified', defaultStatus: 3 },
  { value: 2, label: 'Disqualified', defaultStatus: 4 },
];

/** Status reasons of a lead. */
export const leadStatuses: readonly OptionDefinition[] = [
  { value: 1, label: 'New', state: 0 },
  { value: 2, label: 'Contacted', state: 0 },
  { value: 3, label: 'Qualified', state: 1 },
  { value: 4, label: 'Lost', state: 2 },
  { value: 5, label: 'Cannot Contact', state: 2 },
  { value: 6, label: 'No Longer Interested', state: 2 },
  { value: 7, label: 'Canceled', state: 2 },
];

/** Stock values of `accountrolecode` on contact. */
export const accountRoles = numbered('Decision Maker', 'Employee', 'Influencer');

/** States of most tables. */
export const activeStates: readonly OptionDefinition[] = [
  { value: 0, label: 'Active', defaultStatus: 1 },
  { value: 1, label: 'Inactive', defaultStatus: 2 },
];

/** Status reasons of most tables. */
export const activeStatuses: readonly OptionDefinition[] = [
  { value: 1, label: 'Active', state: 0 },
  { value: 2, label: 'Inactive', state: 1 },
];

/** States of an opportunity (facts, section 6). */
export const opportunityStates: readonly OptionDefinition[] = [
  { value: 0, label: 'Open', defaultStatus: 1 },
  { value: 1, label: 'Won', defaultStatus: 3 },
  { value: 2, label: 'Lost', defaultStatus: 4 },
];

/** Status reasons of an opportunity. */
export const opportunityStatuses: readonly OptionDefinition[] = [
  { value: 1, label: 'In Progress', state: 0 },
  { value: 2, label: 'On Hold', state: 0 },
  { value: 3, label: 'Won', state: 1 },
  { value: 4, label: 'Canceled', state: 2 },
  { value: 5, label: 'Out-Sold', state: 2 },
];
