import type { Row } from './columnDefinition.ts';
import { badRequest, errorCodes, type DataverseError } from './dataverseError.ts';
import type { OrganizationState } from './organizationState.ts';
import type { TableDefinition } from './tableDefinition.ts';

const webhookContract = 8;
const webhookAuthTypes: readonly unknown[] = [4, 5, 6];
const asynchronous = 1;
const postOperation = 40;

function refuse(reason: string): DataverseError {
  return badRequest(errorCodes.invalidArgument, reason);
}

function isAddress(url: unknown): boolean {
  return typeof url === 'string' && URL.canParse(url) && /^https?:/i.test(url);
}

function checkEndpoint(_state: OrganizationState, row: Row): void {
  if (row['contract'] !== webhookContract) return;
  if (!isAddress(row['url'])) throw refuse('A webhook needs the url that it calls.');
  if (!webhookAuthTypes.includes(row['authtype']) || (row['authvalue'] ?? null) === null)
    throw refuse('A webhook needs an authtype of 4, 5 or 6 and an authvalue.');
}

function checkStep(state: OrganizationState, row: Row): void {
  if (row['mode'] === asynchronous && row['stage'] !== postOperation)
    throw refuse('An asynchronous step runs in the stage PostOperation only.');
  const filterId = row['_sdkmessagefilterid_value'] ?? null;
  const filter = filterId === null ? undefined : state.store.row('sdkmessagefilter', String(filterId));
  if (filter && filter['_sdkmessageid_value'] !== row['_sdkmessageid_value'])
    throw refuse('The message filter belongs to another message than the step.');
}

const checks: Readonly<Record<string, (state: OrganizationState, row: Row) => void>> = {
  serviceendpoint: checkEndpoint,
  sdkmessageprocessingstep: checkStep,
};

/** Throws 400 for a registration that cannot run. */
export function checkRegistration(state: OrganizationState, { name }: TableDefinition, row: Row): void {
  checks[name]?.(state, row);
}
