const shape = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Whole units of 10^-`digits`, rounded half away from zero; undefined when the text is no number. */
function scaled(source: string, digits: number): bigint | undefined {
  const match = shape.exec(source);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const shift = digits - fraction.length + Number(exponent);
  const unscaled = BigInt(whole + fraction);
  const divisor = 10n ** BigInt(Math.max(0, -shift));
  const value = shift >= 0 ? unscaled * 10n ** BigInt(shift) : (unscaled + divisor / 2n) / divisor;
  return sign === '-' ? -value : value;
}

/** Rounds to `precision` digits and prints with `scale` digits: `20000` becomes `20000.0000`. Exact, no floats. */
export function decimalText(source: string, precision: number, scale: number): string | undefined {
  const value = scaled(source, precision);
  if (value === undefined) return undefined;
  const magnitude = ((value < 0n ? -value : value) * 10n ** BigInt(scale - precision))
    .toString()
    .padStart(scale + 1, '0');
  const point = magnitude.length - scale;
  return `${value < 0n ? '-' : ''}${magnitude.slice(0, point)}.${magnitude.slice(point)}`;
}
