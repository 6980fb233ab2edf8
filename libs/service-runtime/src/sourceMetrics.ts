import { Counter, Gauge, Summary, type Registry } from 'prom-client';

/** Percentiles are those of the last ten minutes, so that a slow hour does not hide in a quick month. */
const recent = { percentiles: [0.5, 0.95, 0.99], maxAgeSeconds: 600, ageBuckets: 5, pruneAgedBuckets: false };

/** What every reader of a source measures: how much came, how far behind it was, and how a first load gets on. */
export function sourceMetrics(registry: Registry) {
  const registers = [registry];

  return {
    changesPublished: new Counter({
      name: 'changes_published_total',
      help: 'Change events whose transaction was committed.',
      labelNames: ['table', 'operation', 'lane'],
      registers,
    }),
    deadLetters: new Counter({
      name: 'dead_letters_total',
      help: 'Messages set aside, by error code.',
      labelNames: ['code'],
      registers,
    }),
    sourceLagSeconds: new Summary({
      name: 'source_lag_seconds',
      help: 'Seconds between a fresh change and its publication, of the last ten minutes.',
      labelNames: ['table'],
      ...recent,
      registers,
    }),
    ...firstLoadMetrics(registry),
  };
}

function firstLoadMetrics(registry: Registry) {
  const registers = [registry];

  return {
    snapshotRowsDone: new Gauge({
      name: 'snapshot_rows_done',
      help: 'Rows of the first load that are published.',
      labelNames: ['table'],
      registers,
    }),
    snapshotRowsTotal: new Gauge({
      name: 'snapshot_rows_total',
      help: 'Rows the first load expects.',
      labelNames: ['table'],
      registers,
    }),
    snapshotRowsPerSecond: new Gauge({
      name: 'snapshot_rows_per_second',
      help: 'Rows per second of a full read under way, since it began.',
      labelNames: ['table'],
      registers,
    }),
    snapshotSecondsLeft: new Gauge({
      name: 'snapshot_seconds_left',
      help: 'Seconds until a full read under way is done, at its present rate.',
      labelNames: ['table'],
      registers,
    }),
  };
}
