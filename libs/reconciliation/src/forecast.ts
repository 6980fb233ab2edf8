import type { WriteOperation } from '@lockstep/change-events';
import type { Draft } from './decision.ts';

/** One write that would be made: `fields` are the names that the side's own API gives what an update changes. */
export type Forecast = {
  readonly operation: WriteOperation;
  /** Of Dynamics its table; of Marketo `person`, or what the API calls the record beside persons. */
  readonly table: string;
  /** Empty for what is no update. */
  readonly fields: readonly string[];
};

type Planned = Pick<Draft, 'commands' | 'dynamicsWrites'>;

/** What a plan writes beyond what was planned before it. */
export function forecastOf(planned: Planned, before: Planned): readonly Forecast[] {
  const commands = planned.commands.slice(before.commands.length);
  const writes = planned.dynamicsWrites.slice(before.dynamicsWrites.length);

  return [
    ...commands.map(({ operation, entity, fields }) => toForecast(operation, entity ?? 'person', fields)),
    ...writes.map(({ ifMatch, table, columns }) =>
      toForecast(ifMatch === null ? 'CREATE' : 'UPDATE', table, columns),
    ),
  ];
}

const toForecast = (operation: WriteOperation, table: string, values: object): Forecast => ({
  ...{ operation, table },
  fields: operation === 'UPDATE' ? Object.keys(values).sort() : [],
});
