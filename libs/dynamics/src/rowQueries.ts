import { SyncError, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsReader, DynamicsRows } from '@lockstep/ports';
import type { DataverseCall } from './dataverseClient.ts';
import type { DynamicsContext } from './dynamicsContext.ts';
import { failure, faultOf, meaningOf, readFailure } from './failures.ts';
import type { HttpAnswer } from './httpTransport.ts';
import { isOn, readRowsAnswer } from './readAnswer.ts';
import { pagePreference, selectQuery } from './readColumns.ts';
import { retryReads } from './retryReads.ts';
import { sendPage } from './sendPage.ts';

type Query = Pick<DataverseCall, 'operation' | 'lane' | 'url'> & {
  readonly definition: TableDefinition;
  readonly signal: AbortSignal;
  /** Of the failure of an answer that is not 200. */
  readonly failureOf: (answer: HttpAnswer) => SyncError;
};

/** Reads rows by ordinary queries, which know no deletes (dataverse facts 1.7). */
export function createRowQueries(
  context: DynamicsContext,
): Pick<DynamicsReader, 'readSince' | 'readWhere' | 'newestVersion'> {
  return {
    readSince: (definition, version, signal) =>
      readRows(context, {
        operation: 'readSince',
        lane: 'LIVE',
        url: queryUrl(context, definition, {
          filter: `versionnumber gt ${version}`,
          orderby: 'versionnumber asc',
        }),
        definition,
        signal,
        failureOf: (answer) => readFailure(answer, { table: definition.table, hasPosition: false }),
      }),
    readWhere: (definition, { filter, position }, signal) =>
      readRows(context, {
        operation: 'readWhere',
        lane: 'BACKFILL',
        url:
          position === null ? queryUrl(context, definition, { filter }) : ours(context, definition, position),
        definition,
        signal,
        failureOf: (answer) => queryFailure(definition, answer),
      }),
    newestVersion: (definition, signal) => newestVersion(context, definition, signal),
  };
}

function queryUrl(
  context: DynamicsContext,
  definition: TableDefinition,
  query: { readonly filter: string; readonly orderby?: string },
): string {
  const parts = [
    ...selectQuery(definition),
    `$filter=${encodeURIComponent(query.filter)}`,
    ...(query.orderby === undefined ? [] : [`$orderby=${encodeURIComponent(query.orderby)}`]),
  ];

  return context.urlOf(`${definition.entitySet}?${parts.join('&')}`);
}

/** A position of another organisation is of no use here. */
function ours({ origin }: DynamicsContext, { table }: TableDefinition, position: string): string {
  if (!isOn(origin, position)) throw new SyncError('QUERY_INVALID', { table, reason: 'origin' });

  return position;
}

function readRows(context: DynamicsContext, query: Query): Promise<DynamicsRows> {
  const { operation, lane, url, definition, signal, failureOf } = query;
  const call = { operation, lane, table: definition.table, method: 'GET', url, signal } as const;

  return retryReads(async () => {
    const answer = await sendPage(context, call, (pageSizeMax) =>
      pagePreference({ pageSizeMax, startsTracking: false, withLabels: true }),
    );
    if (answer.status !== 200) throw failureOf(answer);

    return readRowsAnswer(definition, context.origin, answer.text);
  }, signal);
}

/** A bad request is the filter's fault; what the server says about it is not passed on, since it may quote values. */
function queryFailure({ table }: TableDefinition, answer: HttpAnswer): SyncError {
  const fault = faultOf(answer);
  const isBad = fault.status === 400 && meaningOf(fault) !== 'DYNAMICS_BUSY';

  return isBad ? failure('QUERY_INVALID', answer, table) : readFailure(answer, { table, hasPosition: false });
}

async function newestVersion(
  context: DynamicsContext,
  definition: TableDefinition,
  signal: AbortSignal,
): Promise<number> {
  const { table, entitySet, primaryKey } = definition;
  const order = `$orderby=${encodeURIComponent('versionnumber desc')}&$top=1`;
  const { rows } = await retryReads(async () => {
    const answer = await context.client.send({
      operation: 'newestVersion',
      lane: 'CONTROL',
      table,
      method: 'GET',
      url: context.urlOf(`${entitySet}?$select=${primaryKey},versionnumber&${order}`),
      signal,
    });
    if (answer.status !== 200) throw readFailure(answer, { table, hasPosition: false });

    return readRowsAnswer({ ...definition, fields: [] }, context.origin, answer.text);
  }, signal);

  return rows.at(-1)?.version ?? 0;
}
