import { Gauge, type Registry } from 'prom-client';

/** What only the marketing service measures. */
export function deliveryMetrics(registry: Registry) {
  const registers = [registry];

  return {
    callsUsed: new Gauge({
      name: 'marketo_calls_used',
      help: 'Calls to Marketo of this day (US Central time), of all users of the instance as far as known.',
      registers,
    }),
    callsByLane: new Gauge({
      name: 'marketo_calls_own',
      help: 'Calls of ours to Marketo of this day, by lane.',
      labelNames: ['lane'],
      registers,
    }),
    callsBudget: new Gauge({
      name: 'marketo_calls_budget',
      help: 'Calls to Marketo that a day may cost.',
      registers,
    }),
    callsSpentAt: new Gauge({
      name: 'marketo_calls_spent_at_seconds',
      help: 'When the calls will be spent at the rate of the last hour, in seconds since 1970; 0 when they last the day.',
      registers,
    }),
  };
}
