import {
  tableDefinitions,
  tableSchema,
  topics,
  topicSchemas,
  type MessageCodec,
  type TableDefinition,
} from '@lockstep/change-events';
import type { DynamicsCatalog } from '@lockstep/ports';
import { builtInType, namesIn, type CustomEntity, type MappingRow } from '@lockstep/reconciliation';
import {
  describedRows,
  isDefaultColumn,
  mappedTable,
  marketoFields,
  type Rules,
  type RulesSource,
} from '@lockstep/rules';
import { reasonOf, systemClock, type Log } from '@lockstep/service-runtime';
import { customEntitiesOf, describeCustoms } from './customEntities.ts';
import { describeTables, watchDefinitions, type WatchOptions } from './watchDefinitions.ts';

const retryMs = 5000;
const personTopics = [topics.marketingChanges('lead'), topics.marketingChanges('contact')];
const lackingSentence =
  'The rules read columns that Dynamics does not show, or shows with another type: fields leave them alone, and in a filter they keep nobody out.';

export type RulesParts = {
  readonly rules: RulesSource;
  readonly dynamics: DynamicsCatalog;
  readonly codec: Pick<MessageCodec, 'define'>;
  readonly definitions: Record<string, TableDefinition>;
  /** Tables that are read. */
  readonly tables: readonly string[];
  readonly log: Log;
};

/** Rules, and the custom entities that Dynamics has described. */
export type RulesInForce = Rules & { readonly customs: readonly CustomEntity[] };

/** What is asked back of what is written, by the default mapping. */
export function writtenDefinitions(): Record<string, TableDefinition> {
  const written = ['lead', 'contact', 'account'];

  return Object.fromEntries(Object.entries(tableDefinitions).filter(([table]) => written.includes(table)));
}

/** Rules whose columns Dynamics is known to have: others are left alone until they are described. */
export function rulesInForce({ rules, definitions, tables }: RulesParts): RulesInForce {
  const current = rules.current();
  const customs = customEntitiesOf(current, definitions, tables);

  return {
    ...current,
    mapping: describedRows(current.mapping, definitions),
    entityMappings: mapEntities(current, (mapping) => describedRows(mapping, definitions)),
    customs,
  };
}

const mapEntities = <Result>(
  { entityMappings = {} }: Rules,
  change: (mapping: readonly MappingRow[], entity: string) => Result,
): Readonly<Record<string, Result>> =>
  Object.fromEntries(
    Object.entries(entityMappings).map(([entity, mapping]) => [entity, change(mapping, entity)]),
  );

/** A column that is not asked back could be overrun: nothing is decided before new ones have been described. */
export async function untilDescribed(parts: RulesParts, signal: AbortSignal): Promise<void> {
  const options = watchOptions(parts);
  const isFiltered = Object.values(options.ofAnyType ?? {}).some((columns) => columns.length > 0);
  const hasCustoms = (parts.rules.current().customEntities ?? []).length > 0;
  if (!hasCustoms && !isFiltered && !Object.values(options.wanted).some(hasNewColumns)) return;
  while (!signal.aborted && !(await describeTables(parts.definitions, options, signal)))
    await systemClock.sleep(retryMs, signal);
}

/** Asks once for the tables of the mapping, and names the schemas of their topics. Throws what describing a table throws. */
export async function describeByRules(parts: RulesParts, signal: AbortSignal): Promise<void> {
  const onFailure = (error: unknown): never => {
    throw error;
  };
  const describeOthers = () => Promise.resolve(true);
  await describeTables(parts.definitions, { ...watchOptions(parts), describeOthers, onFailure }, signal);
}

/** Keeps the rules in force in line with the file and with Dynamics until `signal`; `decideBy` gets them when they change. */
export async function followRules(
  parts: RulesParts,
  decideBy: (rules: RulesInForce) => void,
  signal: AbortSignal,
): Promise<void> {
  const { rules, log } = parts;
  let inForce = JSON.stringify(rulesInForce(parts));
  const adopt = (): void => {
    const next = rulesInForce(parts);
    if (JSON.stringify(next) === inForce) return;
    inForce = JSON.stringify(next);
    decideBy(next);
    log.info({ rules: next.hash }, 'These rules are in force.');
  };
  const watching = watchAnew(parts, adopt, signal);
  const onRefused = (faults: readonly string[]): void =>
    log.error({ code: 'CONFIG_INVALID', faults }, 'The changed rules are refused; the former ones go on.');
  watching.begin();
  await rules.follow({ clock: systemClock, onChanged: watching.begin, onRefused }, signal);
  await watching.ended();
}

/** Looks at the tables for the columns of the rules as they are, and begins anew with other rules. */
function watchAnew(parts: RulesParts, onRound: () => void, signal: AbortSignal) {
  const definePersons = createDefinePersons(parts);
  let round = new AbortController();
  let running: Promise<void> = Promise.resolve();

  return {
    begin: (): void => {
      round.abort();
      round = new AbortController();
      const until = AbortSignal.any([signal, round.signal]);
      const look = () =>
        watchDefinitions(parts.definitions, { ...watchOptions(parts, definePersons), onRound }, until);
      running = running.then(look);
    },
    ended: () => running,
  };
}

type Define = () => Promise<boolean>;

function watchOptions(parts: RulesParts, definePersons: Define = () => Promise.resolve(true)): WatchOptions {
  const { rules, dynamics, codec, log } = parts;
  const { mapping, filters } = rules.current();

  return {
    catalog: dynamics,
    describeOthers: async (signal) =>
      [await definePersons(), await describeCustoms(parts, signal)].every(Boolean),
    ofAnyType: { lead: columnsOf(filters, 'lead'), contact: columnsOf(filters, 'contact') },
    onLacking: (table, columns) => {
      const added = columns.filter((column) => !isDefaultColumn(table, column));
      if (added.length > 0) log.warn({ table, columns: added }, lackingSentence);
    },
    wanted: {
      lead: mappedTable('lead', mapping),
      contact: mappedTable('contact', mapping),
      ...mapEntities(rules.current(), (rows, entity) =>
        mappedTable(builtInType(entity)?.table ?? entity, rows),
      ),
    },
    clock: systemClock,
    onDescribed: (definition) => defineTopic(codec, definition),
    onFailure: (error, table) =>
      log.warn(
        { table, reason: reasonOf(error) },
        'A table could not be described; its columns stay as they were.',
      ),
  };
}

/**
 * What a person shows of its company goes on to the record of the account, by the schema of what is read of persons: that of the
 * rules with which the codec was opened, and of changed ones from here on. False when the registry does not take it yet.
 */
function createDefinePersons({ rules, codec, log }: RulesParts): Define {
  const fieldsNow = () => marketoFields(rules.current());
  let known = JSON.stringify(fieldsNow());

  return async () => {
    const fields = fieldsNow();
    if (JSON.stringify(fields) === known) return true;
    const schemas = topicSchemas(tableDefinitions, fields);
    try {
      for (const topic of personTopics) await codec.define(topic, schemas.get(topic) ?? 'null');
      known = JSON.stringify(fields);

      return true;
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'Other fields of persons do not count yet; it is tried again.');

      return false;
    }
  };
}

const columnsOf = (filters: Rules['filters'], table: string): readonly string[] => {
  const filter = filters?.byTable[table];

  return filter ? namesIn(filter) : [];
};

/** What is read back goes through the inbox with its new columns; the schema of the default columns is there already. */
async function defineTopic(codec: RulesParts['codec'], { table, fields }: TableDefinition): Promise<void> {
  const added = fields.filter(({ name }) => !isDefaultColumn(table, name));
  if (added.length === 0) return;
  const columns = [...(tableDefinitions[table]?.fields ?? []), ...added];
  await codec.define(...tableSchema(table, columns));
}

const hasNewColumns = ({ table, fields }: TableDefinition): boolean =>
  fields.some(({ name }) => !isDefaultColumn(table, name));
