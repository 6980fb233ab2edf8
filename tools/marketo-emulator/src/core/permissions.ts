const subjects = [
  'Activity',
  'Asset',
  'Company',
  'Custom Object',
  'Custom Object Type',
  'Lead',
  'Named Account',
  'Opportunity',
  'Sales Person',
  'Schema Custom Field',
] as const;

/** What permissions are about. */
export type Subject = (typeof subjects)[number];

/** What an endpoint asks of the role of its caller, by the names of Adobe's endpoint reference (facts section 1). */
export type Permission = `Read-Only ${Subject}` | `Read-Write ${Subject}`;

/** Every permission that an emulated endpoint can ask for. */
export const permissions: readonly Permission[] = subjects.flatMap(
  (subject) => [`Read-Only ${subject}`, `Read-Write ${subject}`] as const,
);

/** Whether a role may do what needs a permission; null needs none, and who may write may read. */
export function grants(held: ReadonlySet<string>, needed: Permission | null): boolean {
  return needed === null || held.has(needed) || held.has(needed.replace('Read-Only', 'Read-Write'));
}
