import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { deliveryMetrics } from './deliveryMetrics.ts';
import { extractionMetrics } from './extractionMetrics.ts';
import { sourceMetrics } from './sourceMetrics.ts';

/** Everything Lockstep measures; dashboards and alerts rely on these names and labels. */
export type Metrics = ReturnType<typeof createMetrics>;

/** One registry per process, with the label `service` on every series and the default metrics of Node. */
export function createMetrics(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });

  return {
    registry,
    ...sourceMetrics(registry),
    ...extractionMetrics(registry),
    ...decisionMetrics(registry),
    ...remoteMetrics(registry),
    ...deliveryMetrics(registry),
  };
}

function decisionMetrics(registry: Registry) {
  const registers = [registry];

  return {
    messagesHandled: new Counter({
      name: 'messages_handled_total',
      help: 'Messages that a consumer group has handled and committed, by topic and partition.',
      labelNames: ['group', 'topic', 'partition'],
      registers,
    }),
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
    writesWaiting: new Gauge({
      name: 'writes_waiting',
      help: 'Writes that were decided and are not done yet, as one reconciler of all tells.',
      labelNames: ['system', 'entity', 'operation'],
      registers,
    }),
    writesWaitingOldest: new Gauge({
      name: 'writes_waiting_oldest_seconds',
      help: 'How long the oldest of them has waited.',
      labelNames: ['system', 'entity', 'operation'],
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
  };
}
