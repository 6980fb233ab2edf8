import { describeActivityTypes } from './activityTypes.ts';
import { apiError } from './apiError.ts';
import { describeLeads, describeLeadsShort } from './describeLeads.ts';
import type { Instance, Origin } from './instance.ts';
import { customOperations } from './objects/customOperations.ts';
import { objectOperations } from './objects/objectOperations.ts';
import { mergeLeads } from './mergeLeads.ts';
import { listOf } from './parameters.ts';
import { partOf } from './partOf.ts';
import { readActivities, readDeletedLeads, readLeadChanges, startToken } from './readActivities.ts';
import { readLead, readLeads } from './readLeads.ts';
import type { RestCall } from './runCall.ts';
import { deleteLeads, inputOf, syncLeads } from './syncLeads.ts';
import { describeErrors, describeUsage } from './usage.ts';

/** What an operation gets: parameters of URL and form body together, and the JSON body when it wants one. */
export interface OperationInput {
  readonly parameters: URLSearchParams;
  readonly pathParts: readonly string[];
  readonly body: unknown;
  /** The call itself, for the endpoints that take or give files. */
  readonly call: RestCall;
  readonly origin: Origin;
}

/** One endpoint; its answer is merged into the success envelope. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Groups become path parts. */
  readonly path: RegExp;
  readonly body: 'none' | 'required' | 'optional';
  readonly run: (instance: Instance, input: OperationInput) => object | Promise<object>;
}

function get(path: RegExp, run: Operation['run']): Operation {
  return { method: 'GET', path, body: 'none', run };
}

async function sync(instance: Instance, { body, origin }: OperationInput): Promise<object> {
  return { result: await syncLeads(instance, body, origin) };
}

function remove(instance: Instance, { parameters, body, origin }: OperationInput): object {
  const queryIds = listOf(parameters, 'id');
  const bodyIds = (): unknown[] => inputOf(body).map((entry) => partOf(entry, 'id'));
  return { result: deleteLeads(instance, queryIds.length > 0 ? queryIds : bodyIds(), origin) };
}

/** Every endpoint that is emulated; literal paths before patterns. */
export const operations: readonly Operation[] = [
  get(/^\/rest\/v1\/leads\.json$/, (instance, { parameters }) => readLeads(instance, parameters)),
  { method: 'POST', path: /^\/rest\/v1\/leads\.json$/, body: 'required', run: sync },
  { method: 'DELETE', path: /^\/rest\/v1\/leads\.json$/, body: 'optional', run: remove },
  { method: 'POST', path: /^\/rest\/v1\/leads\/delete\.json$/, body: 'optional', run: remove },
  {
    method: 'POST',
    path: /^\/rest\/v1\/leads\/(\d+)\/merge\.json$/,
    body: 'none',
    run: (instance, { parameters, pathParts, origin }) =>
      mergeLeads(instance, Number(pathParts[0]), parameters, origin),
  },
  get(/^\/rest\/v1\/leads\/describe\.json$/, (instance) => ({ result: describeLeads(instance) })),
  get(/^\/rest\/v1\/leads\/describe2\.json$/, (instance) => ({ result: describeLeadsShort(instance) })),
  get(/^\/rest\/v1\/lead\/(\d+)\.json$/, (instance, { parameters, pathParts }) =>
    readLead(instance, Number(pathParts[0]), parameters),
  ),
  get(/^\/rest\/v1\/activities\/pagingtoken\.json$/, (_instance, { parameters }) => ({
    nextPageToken: startToken(parameters),
  })),
  get(/^\/rest\/v1\/activities\/leadchanges\.json$/, (instance, { parameters }) =>
    readLeadChanges(instance, parameters),
  ),
  get(/^\/rest\/v1\/activities\/deletedleads\.json$/, (instance, { parameters }) =>
    readDeletedLeads(instance, parameters),
  ),
  get(/^\/rest\/v1\/activities\/types\.json$/, () => ({ result: describeActivityTypes() })),
  get(/^\/rest\/v1\/activities\.json$/, (instance, { parameters }) => readActivities(instance, parameters)),
  get(/^\/rest\/v1\/stats\/usage\.json$/, (instance) => ({ result: describeUsage(instance) })),
  get(/^\/rest\/v1\/stats\/errors\.json$/, (instance) => ({ result: describeErrors(instance) })),
  ...objectOperations,
  ...customOperations,
];

/** The endpoint of a method and path; throws 610 for an unknown path, 605 for the wrong method. */
export function findOperation(
  method: string,
  path: string,
): { operation: Operation; pathParts: readonly string[] } {
  const candidates = operations.filter((operation) => operation.path.test(path));
  if (candidates.length === 0) throw apiError('610');
  const operation = candidates.find((candidate) => candidate.method === method);
  if (operation === undefined) throw apiError('605', `HTTP Method '${method}' is not supported`);
  return { operation, pathParts: operation.path.exec(path)?.slice(1) ?? [] };
}
