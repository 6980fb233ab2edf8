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

export function isLong(value: unknown): boolean {
  return typeof value === 'number' && (value >= exactBelow || value <= -exactBelow);
}

/** The n-th place where the property stands in the text belongs to the n-th row that has it. */
function restore(name: string, text: string, items: readonly JsonRow[]): boolean {
  const find = finderOf(`"${name}":`);
  let from = 0;
  for (const item of items) {
    const value = item[name];
    if (value === undefined) continue;
    from = find(text, from);
    if (from < 0) return false;
    if (isLong(value) && !restoreOne(item, name, numberAt(text, from))) return false;
  }

  return true;
}

/** Letters from rare to frequent in names of columns and their values. */
const fromRare = 'zqjxkvwybfpghmucdlrnsiotae_';

/**
 * Finds where a text ends, -1 when it is not there. A search runs from one place to the next where the first character
 * stands, so it starts at the rarest one: the quote before a name stands everywhere.
 */
function finderOf(mark: string): (text: string, from: number) => number {
  const rarest = [...fromRare].find((letter) => mark.includes(letter)) ?? '"';
  const head = mark.indexOf(rarest);
  const tail = mark.slice(head);

  return (text, from) => {
    let at = text.indexOf(tail, from + head);
    while (at >= 0 && !text.startsWith(mark, at - head)) at = text.indexOf(tail, at + 1);

    return at < 0 ? -1 : at + tail.length;
  };
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
