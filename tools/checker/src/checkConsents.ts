import { hasConsent, type MappingRow } from '@lockstep/reconciliation';
import { canonicalValue } from './canonicalValue.ts';
import type { Pair } from './checkFields.ts';
import type { History, StateEntry } from './history.ts';
import { isReturned } from './heads.ts';
import { addressIn, stepsOf, type Group, type Step } from './timeline.ts';
import type { Finding, Findings } from './verdict.ts';

/** Groups, and persons without a row, that ever had an address in common, directly or through others. */
export type Circle = { readonly groups: readonly Group[]; readonly strays: readonly StateEntry[] };

/** The circle of each group that shares an address with somebody else: an opt-out there is not of the group alone (F-43). */
export function circlesOf(history: History, groups: readonly Group[]): ReadonlyMap<Group, Circle> {
  const strays = strayPersons(history, groups);
  const members = [...groups, ...strays].map((member) => ({ member, addresses: addressesOf(member) }));
  const circles = new Map<Group, Circle>();
  for (const group of groups) {
    const circle = around(group, members);
    if (circle.length > 1)
      circles.set(group, { groups: circle.filter(isGroup), strays: circle.filter(isStray).flat() });
  }
  return circles;
}

/** Grows by whoever shares an address with somebody inside, until nobody is added. */
function around(group: Group, members: readonly Placed[]): readonly Member[] {
  const known = new Set(addressesOf(group));
  const inside = new Set<Member>();
  const isNext = ({ member, addresses }: Placed): boolean =>
    !inside.has(member) && addresses.some((address) => known.has(address));
  for (let next = members.filter(isNext); next.length > 0; next = members.filter(isNext)) {
    for (const { member } of next) inside.add(member);
    for (const address of next.flatMap(({ addresses }) => addresses)) known.add(address);
  }
  return [...inside];
}

type Placed = { readonly member: Member; readonly addresses: readonly string[] };
type Member = Group | readonly StateEntry[];
const isGroup = (member: Member): member is Group => 'rowId' in member;
const isStray = (member: Member): member is readonly StateEntry[] => !isGroup(member);

function strayPersons({ marketo }: History, groups: readonly Group[]): readonly (readonly StateEntry[])[] {
  const linked = new Set(groups.flatMap(({ personIds }) => personIds));
  const persons = new Map<string, StateEntry[]>();
  for (const state of marketo.states.filter(({ id }) => !linked.has(id)))
    persons.set(state.id, [...(persons.get(state.id) ?? []), state]);
  return [...persons.values()];
}

function addressesOf(member: Member): readonly string[] {
  const states = isGroup(member) ? [...member.rowStates, ...member.personStates] : member;
  return states.flatMap(({ changed }) =>
    ['emailaddress1', 'email'].flatMap((name) => addressIn(changed[name]?.after)),
  );
}

/** People's wishes in a circle, oldest first. */
export function wishesIn({ groups, strays }: Circle, mapping: MappingRow): readonly Step[] {
  const alone = {
    table: '',
    rowId: '',
    rowStates: [],
    personIds: [],
    personStates: strays,
    partedIds: [],
    rules: {},
  };
  const steps = [...groups, alone].flatMap((group) => stepsOf(group, mapping));
  return steps.filter(({ human }) => human).toSorted((a, b) => a.atMs - b.atMs);
}

/** True for the field whose value goes with the address. */
export const goesWithAddress = (mapping: MappingRow): boolean => hasConsent([mapping]);

type Judged = { readonly group: Group; readonly circle: Circle; readonly pair: Pair | null };

/**
 * Invariants 3 and 8 for a group that shares an address: each of our writes carries a wish of its circle, and an opt-out of
 * its own ends only after somebody in the circle lifted one.
 */
export function checkConsent(findings: Findings, judged: Judged, mapping: MappingRow): void {
  const { group, circle, pair } = judged;
  const wishes = wishesIn(circle, mapping);
  const steps = stepsOf(group, mapping);
  const explained = (write: Step) =>
    wishes.some(({ after, atMs }) => after === write.after && atMs <= write.atMs);
  for (const write of steps.filter((step) => !step.human && !explained(step)))
    findings.unexplainedWrites.push(finding(group, mapping, `no wish explains a write to ${write.side}`));
  findings.exempt.push(finding(group, mapping, 'opt-out-of-address'));
  if (!pair) return;
  const values = new Set(valuesOf(pair, mapping));
  if (values.size > 1) findings.differences.push(finding(group, mapping, 'the sides differ after quiet'));
  if (values.has(false) && isUnlifted(pair, steps, wishes))
    findings.optOutsLost.push(finding(group, mapping, 'an opt-out is undone'));
}

/**
 * The last opt-out of the pair itself, that nobody in the circle lifted since. One that was lifted and put back between two
 * reads looks like one that nobody touched.
 */
function isUnlifted(
  { person, publishedVersions }: Pair,
  steps: readonly Step[],
  wishes: readonly Step[],
): boolean {
  const last = steps.findLast(({ human, after }) => human && after === true);
  if (!last || (last.side === 'marketo' && last.recordId !== person.id)) return false;
  if (isReturned(steps, last, publishedVersions)) return false;
  return !wishes.some(({ after, atMs }) => after !== true && secondOf(atMs) >= secondOf(last.atMs));
}

/** Dynamics tells when a row changed to the second: who knows of nobody else cannot be told from who was a moment later. */
const secondOf = (ms: number): number => Math.floor(ms / 1000);

const finding = (group: Group, mapping: MappingRow, reason: string): Finding => ({
  what: mapping.field,
  ids: [group.rowId, ...group.personIds],
  reason,
});

const valuesOf = (pair: Pair, mapping: MappingRow) => [
  canonicalValue(mapping, pair.row.fields[mapping.columns[pair.group.table] ?? '']),
  canonicalValue(mapping, pair.person.fields[mapping.marketo]),
];

/** Invariant 8 over records: after quiet all pairs with one address hold one wish. */
export function checkAddresses(findings: Findings, pairs: readonly Pair[], mapping: MappingRow): void {
  const byAddress = new Map<string, Pair[]>();
  for (const pair of pairs)
    for (const address of addressIn(pair.person.fields['email']))
      byAddress.set(address, [...(byAddress.get(address) ?? []), pair]);
  for (const sharing of byAddress.values()) {
    const values = new Set(sharing.flatMap((pair) => valuesOf(pair, mapping)));
    const ids = sharing.map(({ row }) => row.id);
    if (values.size > 1)
      findings.optOutsLost.push({
        what: mapping.field,
        ids,
        reason: 'an opt-out of an address is not everywhere',
      });
  }
}
