import { keptOutField, type Filters, type MappingRow } from '@lockstep/reconciliation';
import { compileExpression } from './compileExpression.ts';
import { expressionFindings } from './expressionFindings.ts';
import type { ExpressionRule } from './expressionSchema.ts';
import type { Finding, RulePath } from './ruleFault.ts';
import type { FilterRule, RulesFile } from './rulesSchema.ts';

type Place = { readonly tables: readonly string[]; readonly rule: ExpressionRule; readonly path: RulePath };

const personTables = ['lead', 'contact'] as const;
const entityTables = ['account', 'opportunity'] as const;

/** Where the file has filters, and for which tables each is. */
function placesOf({ persons = {}, entities = {} }: RulesFile): readonly Place[] {
  const ofEntities = entityTables.flatMap((table) => {
    const rule = entities[table]?.filter;

    return rule ? [{ tables: [table], rule, path: ['entities', table, 'filter'] }] : [];
  });

  return [...placesOfPersons(persons.filter), ...ofEntities];
}

/** One for both tables, or one each. */
function placesOfPersons(filter: FilterRule | undefined): readonly Place[] {
  const path = ['persons', 'filter'];
  if (!filter) return [];
  if (!isEach(filter)) return [{ tables: personTables, rule: filter, path }];

  return personTables.flatMap((table) => {
    const rule = filter[table];

    return rule ? [{ tables: [table], rule, path: [...path, table] }] : [];
  });
}

type EachRule = { readonly lead?: ExpressionRule; readonly contact?: ExpressionRule };

const isEach = (filter: FilterRule): filter is EachRule => 'lead' in filter || 'contact' in filter;

/** What is wrong with the filters of a file, and with the field that tells of them. */
export function filterFindings(file: RulesFile, mapping: readonly MappingRow[]): readonly Finding[] {
  const ofExpressions = placesOf(file).flatMap(({ rule, path }) => expressionFindings(rule, path));
  const [flag] = keptOutRows(file);
  const owner = mapping.find(({ field, marketo }) => field !== keptOutField && marketo === flag?.marketo);
  if (!owner) return ofExpressions;
  const path = ['persons', 'whenFilteredOut', 'flag'];
  const sentence = `${owner.marketo} already belongs to ${owner.field}.`;

  return [...ofExpressions, { code: 'FIELD_TAKEN', path, sentence }];
}

/** What the file says about who stays out of Marketo; undefined when it says nothing (F-57). */
export function filtersOf(file: RulesFile): Filters | undefined {
  const byTable = Object.fromEntries(
    placesOf(file).flatMap(({ tables, rule }) => tables.map((table) => [table, compileExpression(rule)])),
  );
  const { syncColumn, whenFilteredOut } = file.persons ?? {};
  const [ignoresSyncColumn, removesPersons] = [syncColumn === 'off', whenFilteredOut === 'remove'];
  const onlyNamed = entityTables.filter((table) => file.entities?.[table]?.onlyWithPersons);
  const isFiltering = Object.keys(byTable).length + onlyNamed.length > 0;
  if (!isFiltering && !ignoresSyncColumn && !removesPersons) return undefined;

  return {
    byTable,
    ...(onlyNamed.length > 0 ? { onlyNamed } : {}),
    ...(ignoresSyncColumn ? { ignoresSyncColumn } : {}),
    ...(removesPersons ? { removesPersons } : {}),
  };
}

/** The field of Marketo that is true while the row of a person stays out. */
export function keptOutRows({ persons = {} }: RulesFile): readonly MappingRow[] {
  const policy = persons.whenFilteredOut ?? 'keep';
  const row = { field: keptOutField, type: 'boolean', direction: 'to-marketo', columns: {} } as const;

  return typeof policy === 'string' ? [] : [{ ...row, marketo: policy.flag }];
}
