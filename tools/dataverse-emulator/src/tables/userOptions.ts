import type { OptionDefinition } from '../core/columnDefinition.ts';

function fromZero(...labels: readonly string[]): readonly OptionDefinition[] {
  return labels.map((label, value) => ({ value, label }));
}

/** Values of `accessmode` on systemuser (facts, section 6). */
export const accessModes = fromZero(
  'Read-Write',
  'Administrative',
  'Read',
  'Support User',
  'Non-interactive',
  'Delegated Admin',
);

/** Values of `azurestate` on systemuser. */
export const azureStates = fromZero('Exists', 'Soft deleted', 'Not found or hard deleted');

/** Values of `teamtype`. */
export const teamTypes = fromZero(
  'Owner',
  'Access',
  'Microsoft Entra ID Security Group',
  'Microsoft Entra ID Office Group',
);

/** Values of `membershiptype` on team. */
export const membershipTypes = fromZero('Members and guests', 'Members', 'Owners', 'Guests');

/** Values of the permissions on a column under column security. */
export const permissions: readonly OptionDefinition[] = [
  { value: 0, label: 'Not Allowed' },
  { value: 4, label: 'Allowed' },
];

/** Values of `category` on connectionrole. */
export const connectionCategories: readonly OptionDefinition[] = [
  { value: 1, label: 'Business' },
  { value: 2, label: 'Family' },
  { value: 3, label: 'Social' },
  { value: 4, label: 'Sales' },
  { value: 5, label: 'Other' },
  { value: 1000, label: 'Stakeholder' },
  { value: 1001, label: 'Sales Team' },
  { value: 1002, label: 'Service' },
];
