import { optionSets, type MappingRow } from '@lockstep/reconciliation';
import { constantOf } from './constantOf.ts';
import type { FieldRule } from './fieldSchema.ts';
import { nearestName } from './nearestName.ts';
import type { Finding, RuleFaultCode, RulePath } from './ruleFault.ts';

/** One entry of `persons.fields`, and the row that comes of it; `base` is the default row. */
export type FieldEntry = {
  readonly name: string;
  readonly rule: FieldRule | 'off';
  readonly base: MappingRow | undefined;
  readonly row: MappingRow | undefined;
};

/** Rows that say which record this is, and without which nobody is matched. */
const fixedFields = ['lockstepId', 'crmId', 'crmType', 'crmIsDeleted'];
/** What Dynamics sets itself, or changes by its own messages only. */
const unwritableColumns = ['statecode', 'statuscode', 'createdon'];

/** What one field may not be, although each key and value is known. */
export function fieldFindings(entry: FieldEntry, known: readonly string[]): readonly Finding[] {
  const { name, rule, base, row } = entry;
  const at = ofPerson(name);
  if (isFixed(entry)) return [at(null, 'FIELD_FIXED', `${name} says who a record is; it stays as it is.`)];
  const missing = base ? null : missingFrom(name, rule, known);
  if (missing) return [missing];
  if (rule === 'off' || !row) return [];

  return [...valueFindings(row, rule, at), ...policyFindings(row, rule, at)];
}

const isFixed = ({ name, rule }: FieldEntry): boolean =>
  fixedFields.includes(name) || (name === 'email' && rule === 'off');

type FindingAt = (key: keyof FieldRule | null, code: RuleFaultCode, sentence: string) => Finding;

/** Findings about the entry at `path`, or about one of its keys. */
export const findingAt =
  (path: RulePath): FindingAt =>
  (key, code, sentence) =>
    key === null ? { code, path, sentence, isKey: true } : { code, path: [...path, key], sentence };

const ofPerson = (name: string): FindingAt => findingAt(['persons', 'fields', name]);

function unknownField(name: string, known: readonly string[]): Finding {
  const nearest = nearestName(name, known);

  return { ...ofPerson(name)(null, 'FIELD_UNKNOWN', `${name} is no field of the mapping.`), nearest };
}

/** A new field says where it lives. */
function missingFrom(name: string, rule: FieldRule | 'off', known: readonly string[]): Finding | null {
  if (rule === 'off') return unknownField(name, known);
  const { marketo, lead, contact, constant } = rule;
  const places = [marketo, lead, contact, constant].filter((value) => value !== undefined);
  if (places.length === 0) return unknownField(name, known);
  if (marketo !== undefined && places.length > 1) return null;

  return ofPerson(name)(
    null,
    'FIELD_INCOMPLETE',
    `${name} is new: it needs marketo, and lead, contact or constant.`,
  );
}

/** Values that the field cannot have, and directions. */
export function valueFindings(row: MappingRow, rule: FieldRule, at: FindingAt): Finding[] {
  const { constant, type, field } = row;
  const reason = oneWayBecause(row);

  return [
    ...labelFindings(row, rule, at),
    ...(constant === undefined || constantOf(type, constant as string | number | boolean) !== undefined
      ? []
      : [at('constant', 'VALUE_INVALID', `constant must be ${type}, as ${field} is.`)]),
    ...(reason === null ? [] : [at(rule.direction ? 'direction' : null, 'DIRECTION_IMPOSSIBLE', reason)]),
  ];
}

function labelFindings(row: MappingRow, rule: FieldRule, at: FindingAt): Finding[] {
  const { type, field } = row;
  if (!rule.labels) return [];
  const labels = Object.values(rule.labels);
  if (type !== 'option' && type !== 'options')
    return [at('labels', 'LABELS_WRONG', `labels are for an option; ${field} is ${type}.`)];

  if (type === 'options' && labels.some((label) => label.includes(';')))
    return [at('labels', 'LABELS_WRONG', 'A label has a semicolon, which stands between labels.')];

  if (new Set(labels).size !== labels.length)
    return [at('labels', 'LABELS_WRONG', 'Two numbers have one label; it could not be read back.')];

  return stockFindings(row, rule.labels, at);
}

/** A number that the file does not name keeps its stock label, which is then nobody else's. */
function stockFindings(
  { optionSet, direction }: MappingRow,
  labels: Readonly<Record<string, string>>,
  at: FindingAt,
): Finding[] {
  if (!optionSet || direction === 'to-marketo') return [];
  const own = Object.values(labels);
  const stock = Object.entries<number>(optionSets[optionSet]);
  const taken = stock.find(([label, number]) => own.includes(label) && !Object.hasOwn(labels, number));
  if (!taken) return [];
  const [label, number] = taken;
  const sentence = `${label} is the stock label of ${number}; it could not be read back. Name ${number} as well.`;

  return [at('labels', 'LABELS_WRONG', sentence)];
}

/** Why a field cannot be written to Dynamics although it should; null when it can. */
function oneWayBecause(row: MappingRow): string | null {
  const { field, type, columns, parents, labels, optionSet } = row;
  if (row.direction === 'to-marketo') return null;
  const fixed = Object.values(columns).find((column) => unwritableColumns.includes(column ?? ''));
  if (parents) return `${field} is a relation; it flows to Marketo only.`;
  if (fixed) return `${fixed} is not for us to write; ${field} flows to Marketo only.`;
  if (['option', 'options'].includes(type) && !labels && !optionSet)
    return `${field} needs labels to be written to Dynamics.`;

  return null;
}

function policyFindings(row: MappingRow, rule: FieldRule, at: FindingAt): Finding[] {
  const code = 'POLICY_IMPOSSIBLE';
  const chosen = (['conflict', 'write'] as const).filter((key) => rule[key] !== undefined);
  if (row.optOut)
    return chosen.map((key) => at(key, code, `${row.field} is an opt-out; older data never undoes it.`));
  if (row.constant !== undefined)
    return chosen.map((key) => at(key, code, `${row.field} is constant; nobody has another value.`));
  if (row.parents && rule.write !== undefined)
    return [at('write', code, `${row.field} is a relation; it follows Dynamics.`)];
  if (rule.write?.startsWith('once-by-') && row.direction !== 'both')
    return [at('write', code, `${row.field} flows ${row.direction} only; one side alone writes it.`)];

  return conflictFindings(row, rule, at);
}

function conflictFindings(row: MappingRow, rule: FieldRule, at: FindingAt): Finding[] {
  const code = 'POLICY_IMPOSSIBLE';
  if (rule.conflict === undefined) return [];
  if (row.direction !== 'both')
    return [at('conflict', code, `${row.field} flows ${row.direction} only; nobody contradicts.`)];
  if (row.type !== 'options' && Object.values(row.conflict ?? {}).includes('union'))
    return [at('conflict', code, `${row.field} holds one value; only several options are united.`)];

  return [];
}
