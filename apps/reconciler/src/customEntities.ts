import { goldenEventSchema, topics, type MessageCodec, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsCatalog } from '@lockstep/ports';
import { builtInOfTable, customEntity, type CustomEntity } from '@lockstep/reconciliation';
import type { Rules, RulesSource } from '@lockstep/rules';
import { reasonOf, type Log } from '@lockstep/service-runtime';

type Parts = {
  readonly rules: RulesSource;
  readonly dynamics: DynamicsCatalog;
  readonly codec: Pick<MessageCodec, 'define'>;
  readonly definitions: Record<string, TableDefinition>;
  readonly log: Log;
};

/** The tables of `tables` whose rows are records beside persons: the built-in ones, and the custom ones of the rules. */
export function entityTables(tables: readonly string[], { customEntities = [] }: Rules): readonly string[] {
  const customs = new Set(customEntities.map(({ table }) => table));

  return tables.filter((table) => builtInOfTable(table) !== undefined || customs.has(table));
}

/** The custom entities that have been described; the others wait. */
export function customEntitiesOf(
  rules: Rules,
  definitions: Readonly<Record<string, TableDefinition>>,
  tables: readonly string[],
): readonly CustomEntity[] {
  return (rules.customEntities ?? []).flatMap((rule) => {
    const described = definitions[rule.table];

    return described ? [customEntity(rule, described, entityTables(tables, rules))] : [];
  });
}

/** Asks Dynamics for the columns of every custom table of the rules, and names the schema of what is told of it. */
export async function describeCustoms(
  { rules, dynamics, codec, definitions, log }: Parts,
  signal: AbortSignal,
): Promise<boolean> {
  let isComplete = true;
  for (const { table } of rules.current().customEntities ?? []) {
    try {
      const { definition } = await dynamics.describe({ table, columns: null }, signal);
      await codec.define(topics.goldenChanges(table), goldenEventSchema(table));
      definitions[table] = definition;
    } catch (error) {
      isComplete = false;
      if (!signal.aborted)
        log.warn(
          { table, reason: reasonOf(error) },
          'A custom table could not be described; it is tried again.',
        );
    }
  }

  return isComplete;
}
