import { Counter, Gauge, type Registry } from 'prom-client';

/** What only the extractor measures. */
export function extractionMetrics(registry: Registry) {
  const registers = [registry];

  return {
    polls: new Counter({
      name: 'polls_total',
      help: 'Steps of a table that ended, by result: changes, nothing, or the code of a failure.',
      labelNames: ['table', 'result'],
      registers,
    }),
    hints: new Counter({
      name: 'hints_total',
      help: 'Calls of the hint address, by result: woken, coalesced, unknown table, or refused.',
      labelNames: ['table', 'result'],
      registers,
    }),
    largePages: new Counter({
      name: 'large_pages_total',
      help: 'Large pages of a first load, by the way their events were made: packed in a thread, or by values.',
      labelNames: ['table', 'way'],
      registers,
    }),
    tablePaused: new Gauge({
      name: 'table_paused',
      help: '1 while a table is paused by a command.',
      labelNames: ['table'],
      registers,
    }),
    deletesHeld: new Gauge({
      name: 'resync_deletes_held',
      help: 'Deletes that a resync found and holds until somebody confirms or cancels them.',
      labelNames: ['table'],
      registers,
    }),
    requestsUsed: new Gauge({
      name: 'dynamics_requests_used',
      help: 'Requests to Dataverse of this day (UTC).',
      registers,
    }),
    requestsBudget: new Gauge({
      name: 'dynamics_requests_budget',
      help: 'Requests to Dataverse that a day may cost.',
      registers,
    }),
    requestsSpentAt: new Gauge({
      name: 'dynamics_requests_spent_at_seconds',
      help: 'When the budget will be spent at the present rate, in seconds since 1970; 0 when it lasts the day.',
      registers,
    }),
  };
}
