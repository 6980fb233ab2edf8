import type { PersonKind, Scalar, System } from '@lockstep/change-events';
import type { MappingRow } from './mapping.ts';

/** What an operator may choose; times in milliseconds. */
export type Policy = {
  /** Link a new row to the one person with the same email address, and the other way round; off is native (F-10). */
  readonly matchByEmail: boolean;
  /** After this long without an outcome a write is looked at again. */
  readonly dynamicsOutcomeMs: number;
  /** How long a record waits for the one whose person it asked for; that one hands it over in the first three quarters only. */
  readonly joinMs: number;
  readonly marketoOutcomeMs: number;
  readonly marketoBackfillOutcomeMs: number;
  /** How often parked work is tried again by itself. */
  readonly parkedRetryMs: number;
};

export const nativePolicy: Policy = {
  matchByEmail: false,
  dynamicsOutcomeMs: 15_000,
  joinMs: 120_000,
  marketoOutcomeMs: 120_000,
  marketoBackfillOutcomeMs: 900_000,
  parkedRetryMs: 3_600_000,
};

export type Ruling = { readonly winner: System; readonly rule: string };

/** Who wins when both sides changed one field without knowing of each other (F-03; opt-outs never lose). */
export function ruleOnConflict(
  kind: PersonKind,
  row: MappingRow,
  incoming: { from: System; value: Scalar },
): Ruling {
  const other: System = incoming.from === 'dynamics' ? 'marketo' : 'dynamics';
  if (row.optOut) return { winner: incoming.value === true ? incoming.from : other, rule: 'opt-out-wins' };
  return kind === 'lead'
    ? { winner: 'marketo', rule: 'marketo-wins-for-leads' }
    : { winner: 'dynamics', rule: 'dynamics-wins-for-contacts' };
}

/** True when a side may change this field at all. */
export function maySpeak(system: System, row: MappingRow): boolean {
  return row.direction === 'both' || row.direction === (system === 'dynamics' ? 'to-marketo' : 'to-dynamics');
}
