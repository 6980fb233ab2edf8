import type { System } from '@lockstep/change-events';
import { optionSets, type MappingRow } from '@lockstep/reconciliation';

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
  readonly fields?: Readonly<Record<string, ExpectedField | 'off'>>;
};

/** What is said of one field; where it lives, and which way it goes, are those of the default mapping unless said. */
export type ExpectedField = {
  readonly conflict?: ExpectedConflict;
  readonly write?: ExpectedWrite;
  readonly direction?: 'both' | 'to-marketo' | 'to-dynamics';
  readonly lead?: string;
  readonly contact?: string;
  readonly marketo?: string;
  /** By number. */
  readonly labels?: Readonly<Record<string, string>>;
};

const saidOf = ({ fields = {} }: ExpectedRules, field: string): ExpectedField => {
  const said = fields[field] ?? {};

  return said === 'off' ? {} : said;
};

/** Which side a conflict goes to; `either` where only the moment of reading decides, `review` where nobody does. */
export type Authority = System | 'newest' | 'review';

/** Opt-outs have a rule of their own, which no policy replaces. */
export function authorityOf(rules: ExpectedRules, table: string, { field, optOut }: MappingRow): Authority {
  const policy = optOut ? 'native' : (saidOf(rules, field).conflict ?? 'native');
  return policy === 'native' ? nativeAuthority(table) : policy;
}

/** F-03. */
export const nativeAuthority = (table: string): System => (table === 'lead' ? 'marketo' : 'dynamics');

export const writeOf = (rules: ExpectedRules, { field }: MappingRow): ExpectedWrite =>
  saidOf(rules, field).write ?? 'always';

/** Where a field lives by these rules; undefined where it is off. */
export function rowUnder(rules: ExpectedRules, row: MappingRow): MappingRow | undefined {
  if (rules.fields?.[row.field] === 'off') return undefined;
  const { lead, contact, marketo, direction, labels } = saidOf(rules, row.field);

  return {
    ...row,
    ...(marketo !== undefined && { marketo }),
    ...(direction && { direction }),
    ...(labels && { labels: labelTable(row, labels) }),
    columns: {
      ...row.columns,
      ...(lead !== undefined && { lead }),
      ...(contact !== undefined && { contact }),
    },
  };
}

/** The stock labels, but for those of numbers that are called otherwise. */
function labelTable(
  { optionSet }: MappingRow,
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, number>> {
  const stock = Object.entries<number>(optionSet ? optionSets[optionSet] : {});
  const kept = stock.filter(([, number]) => labels[String(number)] === undefined);
  const own = Object.entries(labels).map(([number, label]) => [label, Number(number)] as const);

  return Object.fromEntries([...kept, ...own]);
}

/** A merge of one side is carried to the other one (G-31). */
export const followsMerges = ({ mergedInMarketo, mergedInDynamics }: ExpectedRules): boolean =>
  mergedInMarketo === 'follow' || mergedInDynamics === 'follow';
