import type { System } from '@lockstep/change-events';
import type { MappingRow } from '@lockstep/reconciliation';

/** Who wins when both sides changed one field without knowing of each other. */
export type ExpectedConflict = 'native' | 'newest' | 'marketo' | 'dynamics' | 'review';

/** Whether a value may take another's place. */
export type ExpectedWrite = 'always' | 'fill-blanks' | 'once';

/** What lockstep.yaml says of persons, as far as the checker judges by it; what is not said is native. */
export type ExpectedRules = {
  readonly deletedInMarketo?: 'recreate' | 'ask' | 'stay-deleted';
  readonly deletedInDynamics?: 'keep' | 'flag' | 'delete';
  readonly rowWhenPersonDeleted?: 'keep' | 'deactivate' | 'delete';
  readonly mergedInMarketo?: 'keep' | 'follow';
  readonly mergedInDynamics?: 'keep' | 'follow';
  /** Rows whose column holds that text stay out of Marketo. */
  readonly filter?: { readonly column: string; readonly isNot: string };
  readonly syncColumn?: 'on' | 'off';
  readonly whenFilteredOut?: 'keep' | 'remove' | { readonly flag: string };
  readonly fields?: Readonly<
    Record<string, { readonly conflict?: ExpectedConflict; readonly write?: ExpectedWrite }>
  >;
};

/** Which side a conflict goes to; `either` where only the moment of reading decides, `review` where nobody does. */
export type Authority = System | 'newest' | 'review';

/** Opt-outs have a rule of their own, which no policy replaces. */
export function authorityOf(rules: ExpectedRules, table: string, { field, optOut }: MappingRow): Authority {
  const policy = optOut ? 'native' : (rules.fields?.[field]?.conflict ?? 'native');
  return policy === 'native' ? nativeAuthority(table) : policy;
}

/** F-03. */
export const nativeAuthority = (table: string): System => (table === 'lead' ? 'marketo' : 'dynamics');

export const writeOf = (rules: ExpectedRules, { field }: MappingRow): ExpectedWrite =>
  rules.fields?.[field]?.write ?? 'always';

/** A merge of one side is carried to the other one (G-31). */
export const followsMerges = ({ mergedInMarketo, mergedInDynamics }: ExpectedRules): boolean =>
  mergedInMarketo === 'follow' || mergedInDynamics === 'follow';
