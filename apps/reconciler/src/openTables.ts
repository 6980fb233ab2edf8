import { customTablesOf, topicDefinitions } from '@lockstep/change-events';
import { checkTopics, type EventLogSettings } from '@lockstep/kafka';
import type { RulesSource } from '@lockstep/rules';
import {
  errorFacts,
  firstSubject,
  readTables,
  runRounds,
  type Log,
  type Rounds,
} from '@lockstep/service-runtime';
import type { Config } from './config.ts';
import { entityTables } from './customEntities.ts';

/** The tables that are read, from a file that may change at any time. */
export type TablesSource = {
  readonly current: () => readonly string[];
  /** Those of them whose rows are records beside persons by the rules with which the round began; their topics are there. */
  readonly entities: () => readonly string[];
  /** Works in rounds (`runRounds`): other tables, or rules that use others of them, begin the next one. */
  readonly run: (work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal) => Promise<void>;
};

export type TablesParts = {
  readonly config: Config;
  readonly rules: RulesSource;
  readonly topics: Pick<EventLogSettings, 'kafka' | 'prefix'>;
  readonly log: Log;
};

/** Throws CONFIG_INVALID for a file at fault, and what is wrong with the topics of the tables. */
export async function openTables(
  { config, rules, topics, log }: TablesParts,
  signal: AbortSignal,
): Promise<TablesSource> {
  const look = async () => {
    const tables = await readTables(config);
    return { tables, entities: entityTables(tables, rules.current()) };
  };
  type Looked = Awaited<ReturnType<typeof look>>;
  const check = ({ entities }: Looked) =>
    checkTopics({ ...topics, definitions: topicDefinitions(customTablesOf(entities)) });
  let inForce = await firstSubject({ look, check }, signal);

  return {
    current: () => inForce.tables,
    entities: () => inForce.entities,
    run(work, until) {
      const rounds: Rounds<Looked> = {
        ...{ look, check },
        work(looked, round) {
          inForce = looked;
          log.info({ tables: looked.tables.join(',') }, 'These tables are read.');
          return work(round);
        },
        onRefused: (error) => log.error(errorFacts(error), 'The changed tables wait; the former ones go on.'),
      };
      return runRounds(rounds, inForce, until);
    },
  };
}
