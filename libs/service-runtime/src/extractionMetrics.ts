import { Counter, type Registry } from 'prom-client';

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
  };
}
