import { hasConsent, type MappingRow } from '@lockstep/reconciliation';
import { canonicalValue } from './canonicalValue.ts';
import type { Pair } from './checkFields.ts';
import { addressesOf, addressIn } from './addressIn.ts';
import type { StateEntry } from './history.ts';
import { isReturned } from './heads.ts';
import { append, type IndexedHistory } from './indexHistory.ts';
import type { Step } from './step.ts';
import { stepsOf, type Group } from './timeline.ts';
import type { Finding, Findings } from './verdict.ts';

/**
 * People's wishes among groups, and persons without a row, that ever had an address in common, directly or through others; by field,
 * oldest first.
 */
export type Circle = ReadonlyMap<MappingRow, readonly Step[]>;

/** The circle of each group that shares an address with somebody else: an opt-out there is not of the group alone (F-43). */
export function circlesOf(history: IndexedHistory, groups: readonly Group[]): ReadonlyMap<Group, Circle> {
  const mapping = history.mapping.filter(goesWithAddress);
  const circles = new Map<Group, Circle>();
  for (const members of sharing([...groups, ...strayPersons(history, groups)])) {
    const circle: Circle = new Map(mapping.map((row) => [row, wishesOf(members, row)]));
    for (const group of members.filter(isGroup)) circles.set(group, circle);
  }
  return circles;
}

/** A group, or the states of a person without a row. */
type Member = Group | readonly StateEntry[];
type Placed = { readonly member: Member; readonly addresses: readonly string[] };
const isGroup = (member: Member): member is Group => 'rowId' in member;

/** Those that share an address with somebody, each once. */
function sharing(members: readonly Member[]): Member[][] {
  const placed = members.map((member) => ({ member, addresses: addressesIn(member) }));
  const holders = new Map<string, Placed[]>();
  for (const one of placed) for (const address of one.addresses) append(holders, address, one);
  const known = new Set<Placed>();
  return placed.flatMap((one) => {
    if (known.has(one)) return [];
    const circle = around(one, holders);
    for (const next of circle) known.add(next);
    return circle.size > 1 ? [[...circle].map(({ member }) => member)] : [];
  });
}

/** Grows by whoever shares an address with somebody inside, until nobody is added; nobody is left at the addresses inside. */
function around(first: Placed, holders: Map<string, Placed[]>): ReadonlySet<Placed> {
  const inside = new Set([first]);
  for (const { addresses } of inside)
    for (const address of addresses) {
      for (const next of holders.get(address) ?? []) inside.add(next);
      holders.delete(address);
    }
  return inside;
}

function strayPersons({ index }: IndexedHistory, groups: readonly Group[]): (readonly StateEntry[])[] {
  const linked = new Set(groups.flatMap(({ personIds }) => personIds));
  return [...index.personStates].flatMap(([id, states]) => (linked.has(id) ? [] : [states]));
}

function addressesIn(member: Member): readonly string[] {
  const states = isGroup(member) ? [...member.rowStates, ...member.personStates] : member;
  return ['emailaddress1', 'email'].flatMap((name) => addressesOf(states, name));
}

const nobody = { table: '', rowId: '', rowStates: [], personIds: [], partedIds: [], undoings: [] };

function wishesOf(members: readonly Member[], mapping: MappingRow): Step[] {
  const steps = members.flatMap((member) =>
    stepsOf(isGroup(member) ? member : { ...nobody, personStates: member }, mapping),
  );
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
  const wishes = circle.get(mapping) ?? [];
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
    for (const address of addressIn(pair.person.fields['email'])) append(byAddress, address, pair);
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
