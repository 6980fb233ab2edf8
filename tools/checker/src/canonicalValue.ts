import type { Scalar } from '@lockstep/change-events';
import { optionSets, type MappingRow } from '@lockstep/reconciliation';

/** The part of a mapping row that says what kind of value it holds. */
export type ValueKind = Pick<MappingRow, 'type'> & Partial<Pick<MappingRow, 'optionSet' | 'labels'>>;

/**
 * A value of either side in one form that can be compared: empty text is null, an empty yes/no is no, numbers are numbers,
 * times are whole seconds, an option is its number in Dynamics, several are their labels in any order. Independent of the product's own projections.
 */
export function canonicalValue(mapping: ValueKind, value: unknown): Scalar {
  const plain = plainValue(value);
  if (mapping.type === 'boolean') return plain === true || plain === 'true';
  if (plain === null) return null;
  switch (mapping.type) {
    case 'integer':
    case 'decimal':
      return Number(plain);
    case 'timestamp':
      return Math.floor(Date.parse(String(plain)) / 1000);
    case 'option':
      return optionNumber(mapping, plain);
    case 'options':
      return String(plain).split(';').sort().join(';');
    case 'string':
    case 'date':
      return String(plain);
  }
}

/** Option sets may be shown as `{ value, label }`, exact decimals as objects with their own text form. */
function plainValue(value: unknown): Scalar {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'object') return value as Scalar;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(labelOf).join(';');
  if ('value' in value) return (value as { value: Scalar }).value;
  return String(value);
}

const labelOf = ({ label, value }: { readonly label?: string; readonly value: number }): string =>
  label ?? String(value);

function optionNumber({ optionSet, labels }: Omit<ValueKind, 'type'>, value: Scalar): Scalar {
  if (typeof value === 'number' || optionSet === undefined) return value;
  const numbers: Readonly<Record<string, number>> = labels ?? optionSets[optionSet];
  return numbers[String(value)] ?? value;
}

export const isBlankValue = (value: Scalar): boolean => value === null || value === false;
