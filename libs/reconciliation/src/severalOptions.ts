import type { FieldValue, OptionValue, Scalar } from '@lockstep/change-events';
import { facetsOf, type Facets } from './expression.ts';
import type { MappingRow } from './mapping.ts';
import { optionLabel, optionNumber } from './optionSets.ts';

/** Where an option of a number that no label is known for stands in for its label. */
const numeral = /^-?\d+$/;

const numberOf = (row: MappingRow, label: string): number | undefined =>
  optionNumber(row, label) ?? (numeral.test(label) ? Number(label) : undefined);

/** The labels of a text with semicolons between, each once. */
const labelsIn = (text: Scalar): readonly string[] => [
  ...new Set(
    String(text ?? '')
      .split(';')
      .map((label) => label.trim())
      .filter((label) => label !== ''),
  ),
];

/** Labels in the order of their numbers, then those that Dynamics lacks as they came; null without any. */
export function canonicalOptions(row: MappingRow, text: Scalar): string | null {
  const place = (label: string): number => numberOf(row, label) ?? Number.MAX_SAFE_INTEGER;
  const labels = labelsIn(text).toSorted((left, right) => place(left) - place(right));

  return labels.length === 0 ? null : labels.join(';');
}

/** What Dynamics holds of labels: numbers with commas between (dataverse 2.3). It cannot hold other labels. */
export function optionNumbers(row: MappingRow, text: Scalar): string | null {
  const numbers = labelsIn(text).flatMap((label) => numberOf(row, label) ?? []);

  return numbers.length === 0 ? null : [...new Set(numbers)].sort((left, right) => left - right).join(',');
}

/** The labels of what Dynamics shows, or of what is remembered of it. */
export function labelsOfNumbers(row: MappingRow, value: FieldValue): string | null {
  const shown = Array.isArray(value)
    ? (value as readonly OptionValue[]).map(({ value: number }) => number)
    : labelsIn(String(value ?? '').replaceAll(',', ';')).map(Number);
  const labels = shown.map((number) => optionLabel(row, number) ?? String(number));

  return canonicalOptions(row, labels.join(';'));
}

/** What a condition compares of a golden value: of options each label, and its number where Dynamics has one. */
export function goldenFacets(row: MappingRow, value: Scalar): Facets {
  const isSeveral = row.type === 'options';
  if (!isSeveral && row.type !== 'option') return facetsOf(value);
  const labels = isSeveral ? labelsIn(value) : facetsOf(value).map(String);

  return labels.flatMap((label) => [label, optionNumber(row, label) ?? []].flat());
}

/** Three values of one field: the golden one, the one that comes, and what that was made on top of; null where nobody knows. */
export type ThreeWays = { readonly held: Scalar; readonly incoming: Scalar; readonly base: Scalar };

/** What is held, with what the incoming value adds to its base, and without what it takes away. */
export function uniteOptions(row: MappingRow, { held, incoming, base }: ThreeWays): string | null {
  const [before, after] = [labelsIn(base), labelsIn(incoming)];
  const added = after.filter((label) => !before.includes(label));
  const removed = before.filter((label) => !after.includes(label));
  const left = [...labelsIn(held), ...added].filter((label) => !removed.includes(label));

  return canonicalOptions(row, left.join(';'));
}
