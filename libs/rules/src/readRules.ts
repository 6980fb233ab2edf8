import { createHash } from 'node:crypto';
import {
  defaultMapping,
  type AttachRule,
  type CreationRule,
  type CustomEntityRule,
  type Filters,
  type MappingRow,
} from '@lockstep/reconciliation';
import { configure } from 'safe-stable-stringify';
import { attachFindings, attachRuleOf } from './attachRule.ts';
import { creationFindings, creationRuleOf } from './creationRule.ts';
import { bounceRows } from './bounceRows.ts';
import { compileField } from './compileField.ts';
import { customFindings, customRulesOf } from './customRules.ts';
import { entityFieldFindings, entityMappingsOf } from './entityFields.ts';
import { fieldFindings, type FieldEntry } from './fieldFindings.ts';
import { filterFindings, filtersOf, keptOutRows } from './filterRules.ts';
import { parseYaml } from './parseYaml.ts';
import type { Finding, RuleFault } from './ruleFault.ts';
import { rulesSchema, type RulesFile } from './rulesSchema.ts';
import { shapeFindings } from './shapeFindings.ts';
import { endRulesOf, type EndRules } from './endRules.ts';
import { takenFindings } from './takenFindings.ts';
import { shownRows, writeBackOf } from './writeBack.ts';

/** What a file makes of the default mapping; an empty one leaves it as it is (F-03, F-12). */
export type Rules = EndRules & {
  readonly mapping: readonly MappingRow[];
  /** Null where the file does not say. */
  readonly matchByEmail: boolean | null;
  /** Absent where the file does not say. */
  readonly filters?: Filters;
  readonly createInDynamics?: CreationRule;
  readonly attachAccounts?: AttachRule;
  /** Fields of companies whose edits in Marketo go to the account; absent without any. */
  readonly writeBack?: readonly string[];
  /** Mappings of accounts and the like that differ from the default, by entity; absent without any. */
  readonly entityMappings?: Readonly<Record<string, readonly MappingRow[]>>;
  /** Absent without any. */
  readonly customEntities?: readonly CustomEntityRule[];
  /** SHA-256 of all of that: equal for files that mean the same. */
  readonly hash: string;
};

export type RulesResult = { readonly rules: Rules } | { readonly faults: readonly RuleFault[] };

/** Reads the text of `lockstep.yaml`; every fault at once, in the order of the file. */
export function readRules(text: string): RulesResult {
  const { value, faults, locate } = parseYaml(text);
  if (faults.length > 0) return { faults };
  const shape = shapeFindings(rulesSchema, value);
  if (shape.length > 0) return { faults: inOrder(shape.map(locate)) };
  const file = value as RulesFile;
  const entries = entriesOf(file);
  const mapping = mappingOf(file, entries);
  const findings = [
    ...meaningFindings(entries, mapping),
    ...filterFindings(file, mapping),
    ...creationFindings(file, mapping),
    ...attachFindings(file, mapping, entityMappingsOf(file)['account']),
    ...customFindings(file),
    ...entityFieldFindings(file),
  ];
  if (findings.length > 0) return { faults: inOrder(findings.map(locate)) };

  const all = [...mapping, ...shownRows(file, mapping)];

  return { rules: withHash({ mapping: all, ...policiesOf(file) }) };
}

function policiesOf(file: RulesFile): Omit<Rules, 'mapping' | 'hash'> {
  const [filters, createInDynamics] = [filtersOf(file), creationRuleOf(file)];
  const [customs, writeBack] = [customRulesOf(file), writeBackOf(file)];
  const entityMappings = entityMappingsOf(file);

  return {
    matchByEmail: file.persons?.matchByEmail ?? null,
    ...endRulesOf(file.persons ?? {}),
    ...(filters ? { filters } : {}),
    ...(createInDynamics ? { createInDynamics } : {}),
    ...attachRuleOf(file),
    ...(Object.keys(entityMappings).length > 0 ? { entityMappings } : {}),
    ...unlessEmpty({ writeBack, customEntities: customs }),
  };
}

const unlessEmpty = <Lists extends Record<string, readonly unknown[]>>(lists: Lists): Partial<Lists> =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as Partial<Lists>;

const inOrder = (faults: readonly RuleFault[]): readonly RuleFault[] =>
  faults.toSorted((left, right) => left.line - right.line || left.column - right.column);

const stringify = configure({ deterministic: true });

function withHash(rules: Omit<Rules, 'hash'>): Rules {
  return {
    ...rules,
    hash: createHash('sha256')
      .update(stringify(rules) ?? '')
      .digest('hex'),
  };
}

/** What the file says about fields, by name. */
function entriesOf({ persons = {} }: RulesFile): readonly FieldEntry[] {
  return Object.entries(persons.fields ?? {}).map(([name, rule]) => {
    const base = defaultMapping.find(({ field }) => field === name);
    const row = rule === 'off' ? undefined : compileField(name, { base, rule }, persons.conflicts);

    return { name, rule, base, row };
  });
}

/** The default rows in their order, then the new ones by name. */
function mappingOf(file: RulesFile, entries: readonly FieldEntry[]): readonly MappingRow[] {
  const { persons = {} } = file;
  const named = new Map(entries.map((entry) => [entry.name, entry]));
  const kept = defaultMapping.flatMap((base) => {
    const entry = named.get(base.field);
    if (entry) return entry.row ? [entry.row] : [];

    return [compileField(base.field, { base, rule: {} }, persons.conflicts)];
  });
  const own = entries.flatMap(({ base, row }) => (base || !row ? [] : [row]));
  const added = [...bounceRows(persons.bounces), ...keptOutRows(file), ...own];

  return [...kept, ...added.toSorted((left, right) => (left.field < right.field ? -1 : 1))];
}

function meaningFindings(entries: readonly FieldEntry[], mapping: readonly MappingRow[]): readonly Finding[] {
  const known = defaultMapping.map(({ field }) => field);
  const ofFields = entries.flatMap((entry) => fieldFindings(entry, known));
  // A field that is incomplete has no place that could be taken.
  if (ofFields.length > 0) return ofFields;

  return takenFindings(mapping, new Set(entries.map(({ name }) => name)), ['persons', 'fields']);
}
