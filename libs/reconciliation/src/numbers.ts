import type { Scalar } from '@lockstep/change-events';

/** A golden decimal has ten (design section 4); a double that Marketo has computed may show seventeen. */
const decimalsMax = 10;

/** The number as Marketo's field and the golden one both hold it; NaN for what is none. */
export function withTenDecimals(value: Scalar): number {
  const number = Number(value);
  if (typeof value !== 'number' || Number.isInteger(number)) return number;
  return Number(number.toFixed(decimalsMax));
}
