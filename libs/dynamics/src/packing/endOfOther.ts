import { NotPacked } from '@lockstep/change-events';
import type { Page } from './pageBytes.ts';

const [comma, openBrace, closeBrace, openBracket] = [',', '{', '}', '['].map((text) =>
  text.charCodeAt(0),
) as [number, number, number, number];

/** Where a cell ends that is no text. Throws SyntaxError for what is no JSON. */
export function endOfOther(page: Page, start: number): number {
  const { bytes } = page;
  let at = start;
  for (let code = bytes[at]; code !== comma && code !== closeBrace; code = bytes[at]) {
    if (code === undefined || code === openBrace || code === openBracket)
      throw new NotPacked('a nested value');
    at += 1;
  }
  if (!isPlain(page, start, at)) JSON.parse(bytes.toString('latin1', start, at));

  return at;
}

const wordOf = (text: string): number => Buffer.from(text, 'latin1').readInt32LE();
const literals = { null: wordOf('null'), true: wordOf('true'), false: [wordOf('fals'), wordOf('alse')] };
const digits = { zero: '0'.charCodeAt(0), one: '1'.charCodeAt(0), nine: '9'.charCodeAt(0) };

/** False for what has to be parsed, to see whether it is JSON. */
function isPlain({ bytes, view }: Page, start: number, end: number): boolean {
  const code = bytes[start] as number;
  if (code > digits.nine) return isLiteral(view, start, end);
  if (code < digits.one) return code === digits.zero && end === start + 1;

  return areDigits(bytes, start + 1, end);
}

function areDigits(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const code = bytes[at] as number;
    if (code < digits.zero || code > digits.nine) return false;
  }

  return true;
}

function isLiteral(view: DataView, start: number, end: number): boolean {
  const word = view.getInt32(start, true);
  if (end - start === 5)
    return word === literals.false[0] && view.getInt32(start + 1, true) === literals.false[1];

  return end - start === 4 && (word === literals.null || word === literals.true);
}
