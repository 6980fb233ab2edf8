import type { FieldValue, OptionValue } from '@lockstep/change-events';

type Operand = string | number | boolean;

/** What an expression compares of a value: nothing of a blank, number and label of an option, the id of a relation. */
export type Facets = readonly Operand[];

/** What a test asks of a value; days count back from now. */
export type Test =
  | { readonly operator: 'is'; readonly operand: readonly Operand[] }
  | { readonly operator: 'isEmpty' }
  | { readonly operator: 'startsWith' | 'endsWith' | 'contains'; readonly operand: string }
  | { readonly operator: 'atLeast' | 'atMost'; readonly operand: number | string }
  | { readonly operator: 'olderThanDays'; readonly operand: number };

/** A condition over named values (G-09). */
export type Expression =
  | { readonly all: readonly Expression[] }
  | { readonly any: readonly Expression[] }
  | { readonly not: Expression }
  | { readonly name: string; readonly test: Test };

/** What is known when an expression is asked; undefined is a value that nobody has shown yet. */
export type Known = {
  readonly facetsOf: (name: string) => Facets | undefined;
  readonly nowMs: number;
};

const dayMs = 86_400_000;
const facetsMax = 100;
const lengthMax = 1000;

/** Bounded: of a text the first 1,000 characters count, of several options the first 50. */
export function facetsOf(value: FieldValue): Facets {
  const facets = Array.isArray(value)
    ? (value as readonly OptionValue[]).flatMap(ofOne)
    : ofOne(value as Exclude<FieldValue, readonly OptionValue[]>);

  return facets
    .slice(0, facetsMax)
    .map((facet) => (typeof facet === 'string' ? facet.slice(0, lengthMax) : facet));
}

function ofOne(value: Exclude<FieldValue, readonly OptionValue[]>): Facets {
  if (value === null || value === '') return [];
  if (typeof value !== 'object') return [value];
  if ('id' in value) return [value.id];

  return value.label === null ? [value.value] : [value.value, value.label];
}

/** Whether an expression holds; null while that hangs on a value that nobody has shown: unknown is not No. */
export function holds(expression: Expression, known: Known): boolean | null {
  if ('not' in expression) return negated(holds(expression.not, known));
  if ('all' in expression) return decidedBy(false, expression.all, known);
  if ('any' in expression) return decidedBy(true, expression.any, known);
  const facets = known.facetsOf(expression.name);

  return facets === undefined ? null : passes(expression.test, facets, known.nowMs);
}

const negated = (verdict: boolean | null): boolean | null => (verdict === null ? null : !verdict);

/** One part with this verdict is enough; without one, an unknown part leaves it open. */
function decidedBy(verdict: boolean, parts: readonly Expression[], known: Known): boolean | null {
  const verdicts = parts.map((part) => holds(part, known));
  if (verdicts.includes(verdict)) return verdict;

  return verdicts.includes(null) ? null : !verdict;
}

function passes(test: Test, facets: Facets, nowMs: number): boolean {
  switch (test.operator) {
    case 'isEmpty':
      return facets.length === 0;
    case 'is':
      return facets.some((facet) => test.operand.some((operand) => isSame(facet, operand)));
    case 'startsWith':
      return facets.some((facet) => folded(facet).startsWith(folded(test.operand)));
    case 'endsWith':
      return facets.some((facet) => folded(facet).endsWith(folded(test.operand)));
    case 'contains':
      return facets.some((facet) => folded(facet).includes(folded(test.operand)));
    case 'atLeast':
      return facets.some((facet) => sizeOf(facet, test.operand) >= sizeOf(test.operand, test.operand));
    case 'atMost':
      return facets.some((facet) => sizeOf(facet, test.operand) <= sizeOf(test.operand, test.operand));
    case 'olderThanDays':
      return facets.some((facet) => ageEndMs(facet, test.operand) <= nowMs);
  }
}

/** As Dataverse compares text: without case. */
const folded = (facet: Operand): string => String(facet).toLowerCase();

/** Decimals are held as text. */
function isSame(facet: Operand, operand: Operand): boolean {
  if (typeof operand === 'number')
    return typeof facet !== 'boolean' && facet !== '' && Number(facet) === operand;

  return typeof facet === typeof operand && folded(facet) === folded(operand);
}

/** Numbers by number, times by time; what is neither is of no size. */
const sizeOf = (facet: Operand, operand: number | string): number =>
  typeof operand === 'number' ? Number(facet) : Date.parse(String(facet));

const ageEndMs = (facet: Operand, days: number): number => Date.parse(String(facet)) + days * dayMs;

/** The names that an expression reads. */
export function namesIn(expression: Expression): readonly string[] {
  return [...new Set(leavesOf(expression).map(({ name }) => name))];
}

/** When an expression over the same values may turn by itself; null when it never does. */
export function turnsAtMs(expression: Expression, { facetsOf: factsOf, nowMs }: Known): number | null {
  const ends = leavesOf(expression).flatMap(({ name, test }) =>
    test.operator === 'olderThanDays'
      ? (factsOf(name) ?? []).map((facet) => ageEndMs(facet, test.operand))
      : [],
  );
  const next = Math.min(...ends.filter((endMs) => endMs > nowMs));

  return Number.isFinite(next) ? next : null;
}

function leavesOf(expression: Expression): readonly Extract<Expression, { readonly name: string }>[] {
  if ('not' in expression) return leavesOf(expression.not);
  if ('all' in expression) return expression.all.flatMap(leavesOf);
  if ('any' in expression) return expression.any.flatMap(leavesOf);

  return [expression];
}
