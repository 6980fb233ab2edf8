import type { Scalar } from '@lockstep/change-events';

/** A golden decimal has ten (design section 4); a double that Marketo has computed may show seventeen. */
const decimalsMax = 10;

/** The number as Marketo's field and the golden one both hold it; NaN for what is none. */
export function withTenDecimals(value: Scalar): number {
  const number = Number(value);
  if (typeof value !== 'number' || Number.isInteger(number)) return number;
  return Number(number.toFixed(decimalsMax));
}

/** The number of a display string, whatever stands between its thousands or before it; null without one. */
export function numberIn(text: string): number | null {
  const number = Number(text.replace(/[^\d.eE+-]/g, '') || NaN);
  return Number.isNaN(number) ? null : number;
}
