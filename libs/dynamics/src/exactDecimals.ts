import type { TableDefinition } from '@lockstep/change-events';
import type { JsonRow } from './readRow.ts';

/**
 * Below it a decimal of scale 10 has at most 15 digits, which a number holds exactly; in this way most pages need no
 * second look at their text.
 */
const exactBelow = 100_000;

/**
 * Puts the digits as they came, as text, in the place of decimals that a number may have rounded. False when text and
 * rows do not go together, so that the page must be parsed by digits.
 */
export function exactDecimals(definition: TableDefinition, text: string, items: readonly JsonRow[]): boolean {
  return definition.fields
    .filter(({ type }) => type === 'decimal')
    .every(({ name }) => {
      const needsDigits = items.some((item) => isLong(item[name]));

      return !needsDigits || restore(name, text, items);
    });
}

function isLong(value: unknown): boolean {
  return typeof value === 'number' && (value >= exactBelow || value <= -exactBelow);
}

/** The n-th place where the property stands in the text belongs to the n-th row that has it. */
function restore(name: string, text: string, items: readonly JsonRow[]): boolean {
  const mark = `"${name}":`;
  let from = 0;
  for (const item of items) {
    const value = item[name];
    if (value === undefined) continue;
    const at = text.indexOf(mark, from);
    if (at < 0) return false;
    from = at + mark.length;
    if (isLong(value) && !restoreOne(item, name, numberAt(text, from))) return false;
  }

  return true;
}

function restoreOne(item: JsonRow, name: string, digits: string): boolean {
  if (Number(digits) !== item[name]) return false;
  (item as Record<string, unknown>)[name] = digits;

  return true;
}

const numberCharacters = /\s*(-?[\d.]+(?:[eE][+-]?\d+)?)/y;

function numberAt(text: string, index: number): string {
  numberCharacters.lastIndex = index;

  return numberCharacters.exec(text)?.[1] ?? '';
}
