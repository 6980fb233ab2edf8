import type { PersonKind, Scalar, System } from '@lockstep/change-events';
import type { AttachRule } from './accountKeys.ts';
import {
  conflictPolicies,
  type Dispute,
  onceRulings,
  type Ruling,
  writePolicies,
} from './conflictPolicies.ts';
import type { Expression } from './expression.ts';
import type { GoldenField } from './goldenRecord.ts';
import type { LinkedRow, RowEnd } from './linkedRow.ts';
import type { MappingRow } from './mapping.ts';
import { isBlank } from './projection.ts';

/** Which rows of Dynamics stay out of Marketo. */
export type Filters = {
  /** By table: rows for which it does not hold stay out (G-09). */
  readonly byTable: Readonly<Partial<Record<string, Expression>>>;
  /** Tables whose rows stay out until a record that is in Marketo names them (G-09). */
  readonly onlyNamed?: readonly string[];
  /** `new_synctomkto` keeps nobody away. */
  readonly ignoresSyncColumn?: boolean;
  /** The person of a row that stays out is deleted, and made anew when the row is let in again (G-09). */
  readonly removesPersons?: boolean;
};

/** Which people of Marketo get a row in Dynamics without being asked for (F-20); an owner is found as that of a request. */
export type CreationRule = {
  readonly when: Expression;
  readonly as: 'lead' | 'contact';
  readonly owner?: string;
};

/** What an operator may choose; times in milliseconds. */
export type Policy = {
  /** Link a new row to the one person with the same email address, and the other way round; off is native (F-10). */
  readonly matchByEmail: boolean;
  /**
   * A person deleted in Marketo comes back, with a new id, when its row is edited (F-31, native), when an operator says so
   * after that, or never (G-07).
   */
  readonly deletedInMarketo: 'recreate' | 'ask' | 'stay-deleted';
  /** A person whose row was deleted is told nothing, is marked (F-29, native), or is deleted too (G-08). */
  readonly deletedInDynamics: 'keep' | 'flag' | 'delete';
  /** A row whose person somebody deleted in Marketo stays as it is (F-31, native), is deactivated, or is deleted too (G-08). */
  readonly rowWhenPersonDeleted: 'keep' | RowEnd;
  /** A row whose person was merged into another one stays as it is (native), or follows (G-31). */
  readonly mergedInMarketo: 'keep' | 'follow';
  /** A person whose row lost a merge stays as it is (F-27, native), or follows (G-31). */
  readonly mergedInDynamics: 'keep' | 'follow';
  /** Without any, `new_synctomkto` alone decides (F-57). */
  readonly filters?: Filters;
  /** Without one, people of Marketo stay there until somebody asks (F-20). */
  readonly createInDynamics?: CreationRule;
  /** Without one, a contact names its account or has none. */
  readonly attachAccounts?: AttachRule;
  /** After this long without an outcome a write is looked at again. */
  readonly dynamicsOutcomeMs: number;
  /** How long a record waits for the one whose person it asked for; that one hands it over in the first three quarters only. */
  readonly joinMs: number;
  readonly marketoOutcomeMs: number;
  readonly marketoBackfillOutcomeMs: number;
  /** How often parked work is tried again by itself. */
  readonly parkedRetryMs: number;
  /** Hash of all rules in force, where there is a file of rules (G-15). */
  readonly rules?: string;
};

export const nativePolicy: Policy = {
  matchByEmail: false,
  deletedInMarketo: 'recreate',
  deletedInDynamics: 'flag',
  rowWhenPersonDeleted: 'keep',
  mergedInMarketo: 'keep',
  mergedInDynamics: 'keep',
  dynamicsOutcomeMs: 15_000,
  joinMs: 120_000,
  marketoOutcomeMs: 120_000,
  marketoBackfillOutcomeMs: 900_000,
  parkedRetryMs: 3_600_000,
};

/** A value that lost, which an operator gave back to its field (G-05). */
export const undoRule = 'undo';

/** Nothing was known of the field. */
export const firstValue = 'first-value';

/** The rules had no place for the field, so that neither side is known to hold its last value. */
export const offRule = 'off';

/** Why a record opts out or in without an edit of its own (F-43). */
export const consentRule = 'opt-out-of-address';

/** Who wins when both sides changed one field without knowing of each other; opt-outs never lose. */
export function ruleOnConflict(row: MappingRow, dispute: Dispute): Ruling {
  const { kind, held, incoming } = dispute;
  if (row.optOut)
    return { winner: incoming.value === true ? incoming.from : held.from, rule: 'opt-out-wins' };

  const once = row.write && onceRulings[row.write];
  if (once) return once;
  const policy = row.conflict?.[kind] ?? 'native';

  return conflictPolicies[policy === 'union' ? 'native' : policy](dispute);
}

/** Whatever either side adds or takes away of several options counts. */
export const isUnited = (row: MappingRow, kind: PersonKind): boolean =>
  row.type === 'options' && row.conflict?.[kind] === 'union';

/** What forbids a change of a value that is set; null when nothing does, as at a first meeting. */
export function ruleOnWrite(row: MappingRow, { held, incoming }: Dispute, first: boolean): Ruling | null {
  if (!row.write || first || isBlank(held.value)) return null;

  return writePolicies[row.write](held, incoming);
}

/** True when a row is not to be told: it refused that value, or holds something where only blanks are filled. */
export function isWithheld(
  { parked, seen }: Pick<LinkedRow, 'parked' | 'seen'>,
  { field, write }: MappingRow,
  wanted: Scalar,
): boolean {
  if (parked[field]?.value === wanted) return true;

  return write === 'fill-blanks' && !isBlank(seen[field]?.value ?? null);
}

/** Marketo holds a blank since it was met, and has said nothing of it: a blank never wins a first meeting. */
export const isUnsaid = ({ source, rule, value }: GoldenField): boolean =>
  source === 'marketo' && rule === firstValue && isBlank(value);

/** True when a side may change this field at all. */
export function maySpeak(system: System, row: MappingRow): boolean {
  if (row.constant !== undefined) return false;

  if (row.direction === 'both') return true;
  return (row.direction === 'to-dynamics') === (system === 'marketo');
}
