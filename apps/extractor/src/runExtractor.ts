import { extractorTopics } from '@lockstep/change-events';
import { checkTopics, createLeaseKeeper, followControl } from '@lockstep/kafka';
import { createControlInbox, createHintBell, type HintBell } from '@lockstep/pipelines';
import type { Lease } from '@lockstep/ports';
import {
  askedAgain,
  errorFacts,
  firstSubject,
  readTables,
  runRounds,
  startService,
  systemClock,
  untilAnswered,
  waitingReason,
  type Metrics,
  type Rounds,
} from '@lockstep/service-runtime';
import { assertTablesFree, noteOf, type TableGroup } from './assertTablesFree.ts';
import type { Config } from './config.ts';
import { countRequests } from './countRequests.ts';
import { openParts, type Parts } from './extractorParts.ts';
import { followTable } from './followTable.ts';
import { hintRoute } from './hintRoute.ts';

type Bells = Map<string, HintBell>;

/** Runs one extractor until a signal comes: standby first, then the active one of its kind; anew when its tables change. */
export async function runExtractor(config: Config): Promise<void> {
  const bells: Bells = new Map();
  const service = await startService('extractor', config, ['lease'], (metrics) => ({
    routes: routesOf(config, bells, metrics),
  }));
  const parts = await openParts(config, service, bells);
  const { kafka, prefix } = parts.kafka;

  const rounds: Rounds<readonly string[]> = {
    look: () => readTables(config),
    async check(tables, signal) {
      await checkTopics({ kafka, prefix, definitions: extractorTopics(tables) });
      await assertTablesFree({ kafka, prefix }, groupOf(config, tables), signal);
    },
    async work(tables, signal) {
      hangBells(bells, tables);
      await takeTurns(parts, tables, signal);
    },
    onRefused: (error) =>
      service.log.error(errorFacts(error), 'The changed tables wait; the former ones go on.'),
  };
  await service.lifecycle.run(async (signal) => {
    const ask = () => firstSubject(rounds, signal);
    const tables = await untilAnswered(service, { component: 'kafka', ask }, signal);
    if (tables !== null) await runRounds(rounds, tables, signal);
  });
}

const groupOf = ({ tableGroup }: Config, tables: readonly string[]): TableGroup => ({
  lease: `extractor/${tableGroup}`,
  tables,
});

/** A hint for a table that is not read any more finds no bell. */
function hangBells(bells: Bells, tables: readonly string[]): void {
  bells.clear();
  for (const table of tables) bells.set(table, createHintBell(systemClock));
}

/** Stands by until the lease is ours, follows the tables while it is. */
async function takeTurns(parts: Parts, tables: readonly string[], signal: AbortSignal): Promise<void> {
  const { readiness, log } = parts.service;
  const { kafka, prefix } = parts.kafka;
  const group = groupOf(parts.config, tables);
  const { lease } = group;
  const onStandby = (isHeard: boolean) => readiness.set('lease', waitingReason(lease, isHeard));
  await createLeaseKeeper({ kafka, prefix, note: noteOf(group), onStandby }).hold(
    lease,
    async (held, whileHeld) => {
      readiness.set('lease', null);
      log.info({ lease, tables: tables.join(',') }, 'This process is the active one.');
      await followTables({ parts, tables, lease: held }, whileHeld);
      readiness.set('lease', askedAgain);
    },
    signal,
  );
}

/** Without a key the address does not exist. */
function routesOf({ hintKey }: Config, bells: Bells, metrics: Metrics) {
  if (hintKey === undefined) return [];
  return [hintRoute({ key: hintKey, ring: (table) => bells.get(table)?.ring(), metrics })];
}

type Turn = { readonly parts: Parts; readonly tables: readonly string[]; readonly lease: Lease };

/** All tables at once, each at its own pace, the commands to them, and the day's count of requests, until the lease is lost or one of them stops. */
async function followTables({ parts, tables, lease }: Turn, signal: AbortSignal): Promise<void> {
  const { bells, kafka } = parts;
  const inbox = createControlInbox((target) => bells.get(target.replace('dynamics/', ''))?.ring());
  const targets = new Set(tables.map((table) => `dynamics/${table}`));
  const ended = new AbortController();
  const all = AbortSignal.any([signal, ended.signal]);
  const loops = [
    followControl(kafka, { inbox, targets }, all),
    countRequests(parts, lease, all),
    ...tables.map((table) => followTable({ parts, table, lease, inbox }, all)),
  ];
  await Promise.all(loops.map((loop) => loop.finally(() => ended.abort())));
}
