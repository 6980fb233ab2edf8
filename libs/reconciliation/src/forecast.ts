import type { WriteOperation } from '@lockstep/change-events';
import type { Draft } from './decision.ts';
import type { Forecast } from './goldenRecord.ts';
import { type DynamicsEntry, rowOperation } from './outbox.ts';

type Planned = Pick<Draft, 'commands' | 'dynamicsWrites'>;

/** What a plan writes beyond what was planned before it. */
export function forecastOf(planned: Planned, before: Planned): readonly Forecast[] {
  const commands = planned.commands.slice(before.commands.length);
  const writes = planned.dynamicsWrites.slice(before.dynamicsWrites.length);

  return [
    ...commands.map(({ operation, entity, fields }) => toForecast(operation, entity ?? 'person', fields)),
    ...writes.map(forecastToDynamics),
  ];
}

/** What is asked for a row changes its owner, or something beside it (F-34 to F-36). */
function forecastToDynamics(entry: DynamicsEntry): Forecast {
  const { table } = entry;
  if (entry.kind === 'dynamics-write') return toForecast(rowOperation(entry), table, entry.columns);
  const { kind } = entry.request;
  if (kind === 'CHANGE_OWNER') return toForecast('UPDATE', table, { ownerid: null });

  return kind === 'CREATE_TASK'
    ? toForecast('CREATE', 'task', {})
    : toForecast('UPDATE', 'list', { members: null });
}

const toForecast = (operation: WriteOperation, table: string, values: object): Forecast => ({
  ...{ operation, table },
  fields: operation === 'UPDATE' ? Object.keys(values).sort() : [],
});
