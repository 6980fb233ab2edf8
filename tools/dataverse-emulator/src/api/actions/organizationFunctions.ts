import { badRequest, errorCodes } from '../../core/dataverseError.ts';
import { nowMs, type OrganizationState } from '../../core/organizationState.ts';
import { jsonAnswer, type Answer, type Call } from '../call.ts';
import type { OperationTarget } from '../operation.ts';
import { requireTable } from './actionBody.ts';
import { functionParameters, textParameter } from './functionParameters.ts';

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
  const list = functionParameters(call, parameters).get('EntityNames') ?? '';
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

const version = '9.2.24000.00000';

/** RetrieveVersion. */
export function retrieveVersion(_state: OrganizationState, call: Call): Answer {
  const context = `${call.base}/$metadata#Microsoft.Dynamics.CRM.RetrieveVersionResponse`;
  return jsonAnswer(200, JSON.stringify({ '@odata.context': context, Version: version }));
}

const accessTypes = new Set(['Default', 'Internet', 'Intranet']);

/** RetrieveCurrentOrganization: what the organisation is called and where its services are. */
export function retrieveCurrentOrganization(
  state: OrganizationState,
  call: Call,
  { parameters }: OperationTarget,
): Answer {
  const access = textParameter(functionParameters(call, parameters).get('AccessType'));
  if (access === undefined || !accessTypes.has(access))
    throw badRequest(errorCodes.invalidArgument, "The parameter 'AccessType' is required.");
  const { organizationId, tenantId } = state.identity;
  const origin = new URL(call.base).origin;
  const addresses = {
    WebApplication: `${origin}/`,
    OrganizationService: `${origin}/XRMServices/2011/Organization.svc`,
    OrganizationDataService: `${origin}/XRMServices/2011/OrganizationData.svc`,
  };
  const body = {
    '@odata.context': `${call.base}/$metadata#Microsoft.Dynamics.CRM.RetrieveCurrentOrganizationResponse`,
    Detail: {
      OrganizationId: organizationId,
      FriendlyName: 'Emulated organisation',
      OrganizationVersion: version,
      EnvironmentId: organizationId,
      DatacenterId: '00000000-0000-0000-0000-000000000000',
      Geo: 'EMEA',
      TenantId: tenantId,
      UrlName: 'emulated',
      UniqueName: 'emulated',
      Endpoints: {
        Count: Object.keys(addresses).length,
        IsReadOnly: false,
        Keys: Object.keys(addresses),
        Values: Object.values(addresses),
      },
      SchemaType: 'Full',
      State: 'Enabled',
    },
  };
  return jsonAnswer(200, JSON.stringify(body));
}
