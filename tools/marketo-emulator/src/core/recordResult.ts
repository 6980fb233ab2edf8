import type { Reason } from './apiError.ts';

/** Outcome of one record of a call on persons; skipped entries carry no id (facts 2.4). */
export type RecordResult =
  | { readonly id: number; readonly status: 'created' | 'updated' | 'deleted' }
  | { readonly status: 'skipped'; readonly reasons: readonly Reason[] };

/** A record that is left alone. */
export function skipped(code: string, message: string): RecordResult {
  return { status: 'skipped', reasons: [{ code, message }] };
}
