/**
 * Stock option sets of the mapped columns: number in Dynamics, label in Marketo. An event carries the label that
 * Dynamics shows; these serve the way back, where only the label is known.
 */
export const optionSets = {
  statecode: { Open: 0, Qualified: 1, Disqualified: 2, Active: 0, Inactive: 1 },
  statuscode: {
    New: 1,
    Contacted: 2,
    Qualified: 3,
    Lost: 4,
    'Cannot Contact': 5,
    'No Longer Interested': 6,
    Canceled: 7,
    Active: 1,
    Inactive: 2,
  },
  leadsourcecode: {
    Advertisement: 1,
    'Employee Referral': 2,
    'External Referral': 3,
    Partner: 4,
    'Public Relations': 5,
    Seminar: 6,
    'Trade Show': 7,
    Web: 8,
    'Word of Mouth': 9,
    Other: 10,
  },
  leadqualitycode: { Hot: 1, Warm: 2, Cold: 3 },
  preferredcontactmethodcode: { Any: 1, Email: 2, Phone: 3, Fax: 4, Mail: 5 },
} as const satisfies Record<string, Readonly<Record<string, number>>>;

/** Where a row of the mapping has its labels from. */
type Labelled = {
  readonly optionSet?: keyof typeof optionSets;
  readonly labels?: Readonly<Record<string, number>>;
};

const setOf = ({ labels, optionSet }: Labelled): Readonly<Record<string, number>> =>
  labels ?? (optionSet ? optionSets[optionSet] : {});

export function hasLabels({ labels, optionSet }: Labelled): boolean {
  return labels !== undefined || optionSet !== undefined;
}

export function optionNumber(row: Labelled, label: string): number | undefined {
  const numbers = setOf(row);
  return Object.hasOwn(numbers, label) ? numbers[label] : undefined;
}

export function optionLabel(row: Labelled, value: number): string | undefined {
  return Object.entries(setOf(row)).find(([, number]) => number === value)?.[0];
}
