import { consumerGroups, topics, type MessageCodec, type TableDefinition } from '@lockstep/change-events';
import type { Dynamics } from '@lockstep/dynamics';
import type { MongoStores } from '@lockstep/mongodb';
import type { Directions, WriteBrake } from '@lockstep/pipelines';
import type { EventLog, LeaseKeeper } from '@lockstep/ports';
import { mappingFor, type MappingRow } from '@lockstep/reconciliation';
import type { RulesSource } from '@lockstep/rules';
import type { Service } from '@lockstep/service-runtime';
import type { Config } from './config.ts';
import type { TablesSource } from './openTables.ts';
import { rulesInForce, type RulesInForce, type RulesParts } from './followRules.ts';

/** What the loops of this process share. */
export type Parts = {
  readonly config: Config;
  readonly tables: TablesSource;
  readonly rules: RulesSource;
  readonly codec: MessageCodec;
  /** What the writer of `dynamics` asks back; kept up to date in place. */
  readonly definitions: Record<string, TableDefinition>;
  readonly dynamics: Dynamics;
  readonly stores: MongoStores;
  readonly eventLog: EventLog;
  readonly leases: LeaseKeeper;
  readonly service: Service;
  readonly directions: Directions;
  readonly brake: WriteBrake | null;
  /** No revision is below; raised where the database was put back. */
  readonly revisionEpoch: number;
};

/** Persons: they are matched once both are read, and written back. */
export const personTables = ['lead', 'contact'];

/** Records beside persons come from their tables only where these are extracted (decision 13). */
const routedTopics = (tables: readonly string[]): string[] => [
  ...[...personTables, ...tables].map(topics.dynamicsChanges),
  topics.marketingChanges('lead'),
  topics.marketingChanges('contact'),
  topics.outcomes,
  topics.requests,
];

/** What each group reads. */
/** How the broker logs this service. */
export const clientId = 'lockstep-reconciler';

export const consumed = ({ tables }: Pick<Parts, 'tables'>) => ({
  router: {
    group: consumerGroups.router,
    topics: routedTopics(tables.entities()),
  },
  live: { group: consumerGroups.reconcile, topics: [topics.inbox] },
  backfill: { group: consumerGroups.reconcileBackfill, topics: [topics.inboxBackfill] },
});

/** What following the rules needs of them. */
export const rulesPartsOf = ({
  tables,
  rules,
  dynamics,
  codec,
  definitions,
  service: { log },
}: Parts): RulesParts => ({
  ...{ rules, dynamics, codec, definitions, tables: tables.current(), log },
});

/** That of persons, by these rules. */
export const personMapping = ({ tables }: Parts, { mapping }: RulesInForce): readonly MappingRow[] =>
  mappingFor(mapping, tables.current());

export const mappingInForce = (parts: Parts): readonly MappingRow[] =>
  personMapping(parts, rulesInForce(rulesPartsOf(parts)));
