import { optionSets, type Direction, type GoldenType, type MappingRow } from '@lockstep/reconciliation';
import { constantOf } from './constantOf.ts';
import type { ConflictRule, FieldRule } from './fieldSchema.ts';

/** A row of the default mapping, or none, and what the file says about it. */
export type FieldSource = { readonly base: MappingRow | undefined; readonly rule: FieldRule };

/** The row of the mapping that comes of both; `conflicts` is what the file says about all persons. */
export function compileField(
  field: string,
  { base = newRow(field), rule }: FieldSource,
  conflicts: ConflictRule | undefined,
): MappingRow {
  const columns = { ...base.columns, ...defined({ lead: rule.lead, contact: rule.contact }) };
  const type = rule.type ?? (base.marketo === '' ? typeOf(rule) : base.type);
  const direction = base.marketo === '' ? directionOf(type, columns) : base.direction;

  return {
    ...base,
    ...{ type, columns, direction },
    ...defined({
      marketo: rule.marketo,
      direction: rule.direction,
      labels: rule.labels && labelTable(base, rule.labels),
      constant: constantIn(rule, type),
      write: rule.write === 'always' ? undefined : rule.write,
    }),
    ...conflictsOf(base, rule.conflict, conflicts),
  };
}

/** A field that the file brings lives nowhere until the file says where. */
const newRow = (field: string): MappingRow => ({
  field,
  type: 'string',
  direction: 'both',
  columns: {},
  marketo: '',
});

type Defined<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

const defined = <Values extends object>(values: Values): Defined<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<Values>;

/** Opt-outs keep their own rule: older data never undoes them. */
function conflictsOf(
  base: MappingRow,
  own: ConflictRule | undefined,
  general: ConflictRule | undefined,
): Partial<Pick<MappingRow, 'conflict'>> {
  if (base.optOut) return {};
  const kinds = ['lead', 'contact'] as const;
  const chosen = kinds.flatMap((kind) => {
    const policy = policyFor(kind, own) ?? policyFor(kind, general) ?? 'native';

    return policy === 'native' ? [] : [[kind, policy] as const];
  });

  return chosen.length === 0 ? {} : { conflict: Object.fromEntries(chosen) };
}

const policyFor = (kind: 'lead' | 'contact', rule: ConflictRule | undefined) =>
  typeof rule === 'object' ? rule[kind] : rule;

/**
 * The stock labels, without those of numbers that the file names, and of numbers that leads and contacts call by other names: what
 * Dynamics shows tells these.
 */
function labelTable(
  base: MappingRow,
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, number>> {
  const stock = base.optionSet ? Object.entries<number>(optionSets[base.optionSet]) : [];
  const times = (number: number): number => stock.filter(([, other]) => other === number).length;
  const kept = stock.filter(([, number]) => labels[String(number)] === undefined && times(number) === 1);
  const own = Object.entries(labels).map(([number, label]) => [label, Number(number)] as const);

  return Object.fromEntries([...kept, ...own]);
}

function typeOf({ labels, constant }: FieldRule): GoldenType {
  if (labels) return 'option';
  if (typeof constant === 'boolean') return 'boolean';
  if (typeof constant !== 'number') return 'string';

  return Number.isSafeInteger(constant) ? 'integer' : 'decimal';
}

/** Several options are text in Marketo, which is read back only where that is asked for. */
function directionOf(type: GoldenType, columns: MappingRow['columns']): Direction {
  return type === 'options' || Object.keys(columns).length === 0 ? 'to-marketo' : 'both';
}

/** What is not of the type is refused later, as it stands in the file. */
const constantIn = ({ constant }: FieldRule, type: GoldenType): FieldRule['constant'] =>
  constant === undefined ? undefined : (constantOf(type, constant) ?? constant);
