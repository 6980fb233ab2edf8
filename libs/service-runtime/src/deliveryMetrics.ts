import { Counter, Gauge, type Registry } from 'prom-client';

/** What only the marketing service measures. */
export function deliveryMetrics(registry: Registry) {
  const registers = [registry];

  return {
    callsUsed: new Gauge({
      name: 'marketo_calls_used',
      help: 'Calls to Marketo of this day (US Central time), of all users of the instance as far as known.',
      registers,
    }),
    requests: new Counter({
      name: 'marketer_requests_total',
      help: 'Requests of marketers that were accepted, repeats included, by door and the state they are in then.',
      labelNames: ['door', 'state'],
      registers,
    }),
    callbacks: new Counter({
      name: 'flow_step_callbacks_total',
      help: 'Callbacks of flow steps that ended, by result: answered or refused.',
      labelNames: ['result'],
      registers,
    }),
    backlogCommands: new Gauge({
      name: 'marketo_backlog_commands',
      help: 'Commands of a first load or another backfill that wait to be written to Marketo.',
      registers,
    }),
    backlogSecondsLeft: new Gauge({
      name: 'marketo_backlog_seconds_left',
      help: 'How long they will take at the rate of the last five minutes; 0 while there are none or the rate is unknown.',
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
