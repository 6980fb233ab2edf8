/**
 * How many rows a resync may delete by itself, in number and as a share of those that are known. A few go without
 * asking: of a small table every row is a large share.
 */
export type BrakeLimits = {
  readonly deletesMax: number;
  readonly shareMax: number;
  readonly fewMax: number;
};

export const defaultBrake: BrakeLimits = { deletesMax: 1000, shareMax: 0.05, fewMax: 10 };

export type BrakeQuestion = {
  readonly deletes: number;
  readonly known: number;
  /** How many somebody has agreed to; null when nobody was asked. */
  readonly confirmed: number | null;
};

/** Ids are missing for many reasons, of which a lost privilege or another environment are some: many deletes are asked for first. */
export function brakeAgrees({ deletes, known, confirmed }: BrakeQuestion, limits = defaultBrake): boolean {
  if (confirmed !== null && deletes <= confirmed) return true;

  return deletes <= limits.deletesMax && deletes <= Math.max(limits.fewMax, known * limits.shareMax);
}
