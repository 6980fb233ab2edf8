import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { MarketoLinks } from './marketoLinks.ts';
import type { Progress, Stage } from './progress.ts';

export type FirstLoad = {
  readonly links: MarketoLinks;
  readonly progress: Progress;
  /** Rows of Dynamics, and how many of them must get a person. */
  readonly rowsTotal: number;
  readonly linksTotal: number;
  /** The extractor's metrics page; absent when it runs where we cannot reach it. */
  readonly metricsUrl: string | null;
  readonly signal: AbortSignal;
  /** Rejects when a service has ended. */
  readonly assertHealthy: () => Promise<void>;
};

const pollIntervalMs = 500;
/** Without a new person for this long the load is stuck; the verdict then names what is missing. */
const standstillMs = 90_000;

/** Waits until every row that must have a person has one, and shows the way there. Resolves false after a standstill. */
export async function awaitFirstLoad(load: FirstLoad): Promise<boolean> {
  let best = -1;
  let movedAtMs = performance.now();
  try {
    for (;;) {
      load.signal.throwIfAborted();
      await load.assertHealthy();
      const stages = await readStages(load);
      load.progress.show(stages);
      const done = stages.reduce((sum, stage) => sum + stage.done, 0);
      if (load.links.count() >= load.linksTotal) return true;
      if (done > best) movedAtMs = performance.now();
      if (performance.now() - movedAtMs > standstillMs) return false;
      best = done;
      await sleep(pollIntervalMs, undefined, { signal: load.signal });
    }
  } finally {
    load.progress.stop();
  }
}

async function readStages({ links, metricsUrl, rowsTotal, linksTotal }: FirstLoad): Promise<Stage[]> {
  await links.refresh();
  const linked = { title: 'people in Marketo  ', done: links.count(), total: linksTotal };
  if (metricsUrl === null) return [linked];
  const extracted = { title: 'rows from Dynamics ', done: await readRowsDone(metricsUrl), total: rowsTotal };
  return [extracted, linked];
}

async function readRowsDone(metricsUrl: string): Promise<number> {
  const { body } = await request(metricsUrl);
  const page = await body.text();
  const values = page.matchAll(/^snapshot_rows_done\{[^}]*\} (\d+)/gm);
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
}
