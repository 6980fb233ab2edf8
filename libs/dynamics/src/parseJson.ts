import { isLosslessNumber, LosslessNumber, parse } from 'lossless-json';

/**
 * JSON whose numbers keep their digits when `exact` asks for it: decimals stay LosslessNumber, safe integers are plain.
 * JSON.parse is seven times as fast and enough where no column is a decimal. Throws SyntaxError.
 */
export function parseJson(text: string, exact: boolean): unknown {
  return exact ? parse(text, null, exactNumber) : JSON.parse(text);
}

function exactNumber(text: string): number | LosslessNumber {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : new LosslessNumber(text);
}

/** The digits of a number as they came; null for anything else. */
export function numberText(value: unknown): string | null {
  if (isLosslessNumber(value)) return value.value;

  return typeof value === 'number' ? String(value) : null;
}
