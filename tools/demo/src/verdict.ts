import { fieldsOf, demoFields, type DemoField, type PersonTable } from './demoFields.ts';
import { fieldKey, meaningOf, type Expected } from './expectations.ts';
import type { Value, Values } from './people.ts';
import type { StepResult } from './playScenario.ts';

/** What is wrong, without a single personal value. */
export type Failure = {
  readonly kind: 'difference' | 'missing' | 'unexpected' | 'step' | 'tooFew' | 'invariant';
  readonly text: string;
};

/** Both sides as their public APIs show them. */
export type Sides = {
  readonly dynamics: Readonly<Record<PersonTable, ReadonlyMap<string, Values>>>;
  readonly marketo: ReadonlyMap<number, Values>;
};

export type Evidence = Sides & {
  readonly expected: readonly Expected[];
  readonly marketoOnly: readonly Values[];
  readonly steps: readonly StepResult[];
  readonly linkedPairsMin: number;
};

export type Verdict = {
  readonly failures: readonly Failure[];
  readonly differences: number;
  readonly unexpected: number;
  readonly linkedPairs: number;
};

/** Compares both sides with what the scenario expects. Pure; the invariants are judged elsewhere. */
export function judge(evidence: Evidence): Verdict {
  const byRow = groupByRow(evidence.marketo);
  const failures = [
    ...evidence.expected.flatMap((expected) => judgePerson(evidence, expected, byRow.get(expected.id) ?? [])),
    ...judgeStrangers(evidence, byRow),
    ...judgeMarketoOnly(evidence),
    ...evidence.steps.filter(({ ms }) => ms === null).map(notSeen),
  ];
  const linkedPairs = [...byRow].filter(([rowId]) => hasRow(evidence, rowId)).length;
  if (linkedPairs < evidence.linkedPairsMin)
    failures.push({
      kind: 'tooFew',
      text: `${linkedPairs} linked pairs, at least ${evidence.linkedPairsMin} expected`,
    });
  const count = (kind: Failure['kind']): number => failures.filter((failure) => failure.kind === kind).length;
  return { failures, differences: count('difference'), unexpected: count('unexpected'), linkedPairs };
}

function groupByRow(marketo: Sides['marketo']): ReadonlyMap<string, readonly Values[]> {
  const groups = new Map<string, Values[]>();
  for (const person of marketo.values()) {
    const rowId = person['crmId'];
    if (typeof rowId === 'string' && rowId !== '') groups.set(rowId, [...(groups.get(rowId) ?? []), person]);
  }
  return groups;
}

function hasRow({ dynamics }: Sides, rowId: string): boolean {
  return dynamics.lead.has(rowId) || dynamics.contact.has(rowId);
}

function judgePerson(sides: Sides, expected: Expected, persons: readonly Values[]): Failure[] {
  const { table, id, fate } = expected;
  const who = `${table} ${id}`;
  const row = sides.dynamics[table].get(id);
  const failures: Failure[] = [];
  if (fate === 'deleted' && row !== undefined)
    failures.push({ kind: 'unexpected', text: `${who} was deleted and is in Dynamics` });
  if (fate !== 'deleted' && row === undefined)
    failures.push({ kind: 'missing', text: `${who} is not in Dynamics` });
  if (fate === 'away') {
    const here = persons.map((other) => stranger(other, `${who} must stay away`));
    return [...failures, ...here, ...judgeFields(expected, row, undefined)];
  }
  const [person, ...others] = persons;
  failures.push(...others.map((other) => stranger(other, `${who} has a person already`)));
  if (person === undefined)
    return [...failures, { kind: 'missing', text: `${who} has no person in Marketo` }];
  return [...failures, ...judgeLink(expected, person), ...judgeFields(expected, row, person)];
}

function stranger(person: Values, reason: string): Failure {
  return { kind: 'unexpected', text: `person ${String(person['id'])} is in Marketo although ${reason}` };
}

/** The fields of Marketo that mirror the link itself. */
function judgeLink({ table, id, fate }: Expected, person: Values): Failure[] {
  const wanted: Values = {
    crmType: table === 'lead' ? 'Lead' : 'Contact',
    crmIsDeleted: fate === 'deleted',
  };
  return Object.entries(wanted)
    .filter(([field, value]) => (person[field] ?? false) !== value)
    .map(([field]) => differs(`${table} ${id}`, person, `${field} in Marketo`));
}

function differs(who: string, person: Values | undefined, what: string): Failure {
  const pair = person === undefined ? who : `${who} and person ${String(person['id'])}`;
  return { kind: 'difference', text: `${pair}: ${what} is not as expected` };
}

function judgeFields(expected: Expected, row: Values | undefined, person: Values | undefined): Failure[] {
  const { table, id } = expected;
  return fieldsOf(table).flatMap((field) => {
    const sides = [
      ...(row === undefined || isExpected(expected, field, row[field.column]) ? [] : ['Dynamics']),
      ...(person === undefined || isExpected(expected, field, person[field.marketo]) ? [] : ['Marketo']),
    ];
    const what = `${field.column} (${field.marketo}) in ${sides.join(' and ')}`;
    return sides.length === 0 ? [] : [differs(`${table} ${id}`, person, what)];
  });
}

function isExpected({ table, fields }: Expected, field: DemoField, value: Value | undefined): boolean {
  return meaningOf(field, table, value) === (fields.get(fieldKey(field)) ?? null);
}

/** Rows that nobody made, and people who are linked to no row that anybody made. */
function judgeStrangers(evidence: Evidence, byRow: ReadonlyMap<string, readonly Values[]>): Failure[] {
  const known = new Set(evidence.expected.map(({ id }) => id));
  const rows = (['lead', 'contact'] as const).flatMap((table) =>
    [...evidence.dynamics[table].keys()]
      .filter((id) => !known.has(id))
      .map((id): Failure => ({
        kind: 'unexpected',
        text: `${table} ${id} is in Dynamics and nobody made it`,
      })),
  );
  const people = [...byRow]
    .filter(([rowId]) => !known.has(rowId))
    .flatMap(([, persons]) => persons.map((person) => stranger(person, 'its row is unknown')));
  return [...rows, ...people];
}

/** People of Marketo alone: all still there, unlinked, with their values, and nobody else. */
function judgeMarketoOnly({ marketo, marketoOnly }: Evidence): Failure[] {
  const wanted = new Map(marketoOnly.map((values) => [String(values['email']), values]));
  const failures: Failure[] = [];
  for (const person of marketo.values()) {
    if (person['crmId'] !== null && person['crmId'] !== undefined) continue;
    const values = wanted.get(String(person['email']));
    if (values === undefined) failures.push(stranger(person, 'nobody made it'));
    else failures.push(...changedFields(person, values));
    wanted.delete(String(person['email']));
  }
  const gone = Array.from(wanted, (): Failure => ({
    kind: 'missing',
    text: 'a person of Marketo alone is gone or linked',
  }));
  return [...failures, ...gone];
}

function changedFields(person: Values, values: Values): Failure[] {
  return demoFields
    .filter(({ marketo }) => marketo in values && (values[marketo] ?? null) !== (person[marketo] ?? null))
    .map(({ marketo }) => differs('a person of Marketo alone', person, `${marketo} in Marketo`));
}

function notSeen({ title }: StepResult): Failure {
  return { kind: 'step', text: `step "${title}" was not seen` };
}
