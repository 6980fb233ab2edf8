import type { OptionDefinition } from '../core/columnDefinition.ts';

/** Options 0, 1, 2 with these labels. */
function fromZero(...labels: readonly string[]): readonly OptionDefinition[] {
  return labels.map((label, value) => ({ value, label }));
}

/** Stock values of `prioritycode` on activities. */
export const priorities = fromZero('Low', 'Normal', 'High');

/** States of a task. */
export const taskStates: readonly OptionDefinition[] = [
  { value: 0, label: 'Open', defaultStatus: 2 },
  { value: 1, label: 'Completed', defaultStatus: 5 },
  { value: 2, label: 'Canceled', defaultStatus: 6 },
];

/** Status reasons of a task. */
export const taskStatuses: readonly OptionDefinition[] = [
  { value: 2, label: 'Not Started', state: 0 },
  { value: 3, label: 'In Progress', state: 0 },
  { value: 4, label: 'Waiting on someone else', state: 0 },
  { value: 7, label: 'Deferred', state: 0 },
  { value: 5, label: 'Completed', state: 1 },
  { value: 6, label: 'Canceled', state: 2 },
];

/** States of the activity that closes an opportunity. */
export const closeStates: readonly OptionDefinition[] = [
  { value: 0, label: 'Open', defaultStatus: 1 },
  { value: 1, label: 'Completed', defaultStatus: 2 },
  { value: 2, label: 'Canceled', defaultStatus: 3 },
];

/** Status reasons of the activity that closes an opportunity. */
export const closeStatuses: readonly OptionDefinition[] = [
  { value: 1, label: 'Open', state: 0 },
  { value: 2, label: 'Completed', state: 1 },
  { value: 3, label: 'Canceled', state: 2 },
];

/** States of a campaign. */
export const campaignStates: readonly OptionDefinition[] = [
  { value: 0, label: 'Active', defaultStatus: 0 },
  { value: 1, label: 'Inactive', defaultStatus: 6 },
];

/** Status reasons of a campaign. */
export const campaignStatuses: readonly OptionDefinition[] = [
  ...fromZero('Proposed', 'Ready To Launch', 'Launched', 'Completed', 'Canceled', 'Suspended').map(
    (option) => ({ ...option, state: 0 }),
  ),
  { value: 6, label: 'Inactive', state: 1 },
];

/** Stock values of `typecode` on campaign. */
export const campaignTypes: readonly OptionDefinition[] = [
  { value: 1, label: 'Advertisement' },
  { value: 2, label: 'Direct Marketing' },
  { value: 3, label: 'Event' },
  { value: 4, label: 'Co-branding' },
  { value: 5, label: 'Other' },
];

/** Status reasons of a marketing list, whose states are active and inactive with status 0 and 1. */
export const listStatuses: readonly OptionDefinition[] = [
  { value: 0, label: 'Active', state: 0 },
  { value: 1, label: 'Inactive', state: 1 },
];

/** States of a marketing list. */
export const listStates: readonly OptionDefinition[] = [
  { value: 0, label: 'Active', defaultStatus: 0 },
  { value: 1, label: 'Inactive', defaultStatus: 1 },
];
