import { extractorTopics } from '@lockstep/change-events';
import { checkTopics, createLeaseKeeper, followControl } from '@lockstep/kafka';
import { createControlInbox, createHintBell } from '@lockstep/pipelines';
import type { Lease } from '@lockstep/ports';
import { startService, systemClock, type Metrics } from '@lockstep/service-runtime';
import { assertTablesFree, noteOf } from './assertTablesFree.ts';
import type { Config } from './config.ts';
import { countRequests } from './countRequests.ts';
import { openParts, type Parts } from './extractorParts.ts';
import { followTable } from './followTable.ts';
import { hintRoute } from './hintRoute.ts';

/** Runs one extractor until a signal comes: standby first, then the active one of its kind. */
export async function runExtractor(config: Config): Promise<void> {
  const bells = new Map(config.dynamicsTables.map((table) => [table, createHintBell(systemClock)]));
  const service = await startService('extractor', config, ['lease'], (metrics) => ({
    routes: routesOf(config, bells, metrics),
  }));
  const parts = await openParts(config, service, bells);
  const { kafka, prefix } = parts.kafka;
  const lease = `extractor/${config.tableGroup}`;
  const standBy = () => service.readiness.set('lease', `standby: another process holds the lease ${lease}`);

  await service.lifecycle.run(async (signal) => {
    await checkTopics({ kafka, prefix, definitions: extractorTopics(config.dynamicsTables) });
    const group = { lease, tables: config.dynamicsTables };
    await assertTablesFree({ kafka, prefix }, group, signal);
    standBy();
    await createLeaseKeeper({ kafka, prefix, note: noteOf(group) }).hold(
      lease,
      async (held, whileHeld) => {
        service.readiness.set('lease', null);
        service.log.info({ lease }, 'This process is the active one.');
        await followTables(parts, held, whileHeld);
        standBy();
      },
      signal,
    );
  });
}

/** Without a key the address does not exist. */
function routesOf({ hintKey }: Config, bells: Parts['bells'], metrics: Metrics) {
  if (hintKey === undefined) return [];
  return [hintRoute({ key: hintKey, ring: (table) => bells.get(table)?.ring(), metrics })];
}

/** All tables at once, each at its own pace, the commands to them, and the day's count of requests, until the lease is lost or one of them stops. */
async function followTables(parts: Parts, lease: Lease, signal: AbortSignal): Promise<void> {
  const { config, bells, kafka } = parts;
  const inbox = createControlInbox((target) => bells.get(target.replace('dynamics/', ''))?.ring());
  const targets = new Set(config.dynamicsTables.map((table) => `dynamics/${table}`));
  const ended = new AbortController();
  const all = AbortSignal.any([signal, ended.signal]);
  const loops = [
    followControl(kafka, { inbox, targets }, all),
    countRequests(parts, lease, all),
    ...config.dynamicsTables.map((table) => followTable({ parts, table, lease, inbox }, all)),
  ];
  await Promise.all(loops.map((loop) => loop.finally(() => ended.abort())));
}
