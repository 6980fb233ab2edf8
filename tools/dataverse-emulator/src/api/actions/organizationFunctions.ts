import { badRequest, errorCodes } from '../../core/dataverseError.ts';
import { nowMs, type OrganizationState } from '../../core/organizationState.ts';
import { jsonAnswer, type Answer, type Call } from '../call.ts';
import type { OperationTarget } from '../operations.ts';
import { requireTable } from './actionBody.ts';

/** A count from the last snapshot; a new one is taken when it is older than the setting says. */
function countOf(state: OrganizationState, table: string): number {
  const known = state.recordCounts.get(table);
  const ageMaxMs = state.settings.recordCountAgeHours * 3_600_000;
  if (known && nowMs(state) - known.atMs < ageMaxMs) return known.count;
  const count = state.store.count(table);
  state.recordCounts.set(table, { count, atMs: nowMs(state) });
  return count;
}

/** RetrieveTotalRecordCount: from a snapshot up to a day old (facts, section 1.7). */
export function retrieveTotalRecordCount(
  state: OrganizationState,
  call: Call,
  { parameters }: OperationTarget,
): Answer {
  const [, given = ''] = /^EntityNames=(.+)$/.exec(parameters ?? '') ?? [];
  const list = given.startsWith('@') ? (call.query[given] ?? '') : given;
  const names = [...list.matchAll(/['"](\w+)['"]/g)].map(([, name = '']) => requireTable(state, name).name);
  if (names.length === 0)
    throw badRequest(errorCodes.invalidArgument, "The parameter 'EntityNames' is required.");
  const body = {
    '@odata.context': `${call.base}/$metadata#Microsoft.Dynamics.CRM.RetrieveTotalRecordCountResponse`,
    EntityRecordCountCollection: {
      Count: names.length,
      IsReadOnly: false,
      Keys: names,
      Values: names.map((name) => countOf(state, name)),
    },
  };
  return jsonAnswer(200, JSON.stringify(body));
}

/** RetrieveVersion. */
export function retrieveVersion(_state: OrganizationState, call: Call): Answer {
  const context = `${call.base}/$metadata#Microsoft.Dynamics.CRM.RetrieveVersionResponse`;
  return jsonAnswer(200, JSON.stringify({ '@odata.context': context, Version: '9.2.24000.00000' }));
}
