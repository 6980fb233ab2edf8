import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Everything Lockstep measures; dashboards and alerts rely on these names and labels. */
export type Metrics = ReturnType<typeof createMetrics>;

/** One registry per process, with the label `service` on every series and the default metrics of Node. */
export function createMetrics(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });

  return { registry, ...sourceMetrics(registry), ...decisionMetrics(registry), ...remoteMetrics(registry) };
}

function sourceMetrics(registry: Registry) {
  const registers = [registry];

  return {
    changesPublished: new Counter({
      name: 'changes_published_total',
      help: 'Change events whose transaction was committed.',
      labelNames: ['table', 'operation', 'lane'],
      registers,
    }),
    changesDropped: new Counter({
      name: 'changes_dropped_total',
      help: 'Changes that were read and not passed on, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    deadLetters: new Counter({
      name: 'dead_letters_total',
      help: 'Messages set aside, by error code.',
      labelNames: ['code'],
      registers,
    }),
    sourceLagSeconds: new Gauge({
      name: 'source_lag_seconds',
      help: 'Seconds between the last published change and its publication.',
      labelNames: ['table'],
      registers,
    }),
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
  };
}

function decisionMetrics(registry: Registry) {
  const registers = [registry];

  return {
    reconcileDurationSeconds: new Histogram({
      name: 'reconcile_duration_seconds',
      help: 'Seconds from reading a batch of the inbox to its commit.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    conflicts: new Counter({
      name: 'conflicts_total',
      help: 'Fields that both sides had changed, by the rule that decided.',
      labelNames: ['rule'],
      registers,
    }),
  };
}

function remoteMetrics(registry: Registry) {
  const registers = [registry];

  return {
    writes: new Counter({
      name: 'writes_total',
      help: 'Writes to a system, by result.',
      labelNames: ['system', 'result'],
      registers,
    }),
    remoteCalls: new Counter({
      name: 'remote_calls_total',
      help: 'HTTP calls to a system, by outcome.',
      labelNames: ['system', 'outcome'],
      registers,
    }),
    inFlight: new Gauge({
      name: 'in_flight',
      help: 'Writes sent to a system whose answer is awaited.',
      labelNames: ['system'],
      registers,
    }),
  };
}
