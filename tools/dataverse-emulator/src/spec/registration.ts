import type { Answered, OrganizationClient } from './organizationClient.ts';

/** How a step is registered; what is left out is that of an asynchronous step after the change. */
export interface StepParts {
  readonly table?: string;
  readonly message: 'Create' | 'Update' | 'Delete';
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Creates a row, answers its id. */
export async function createRow(
  client: OrganizationClient,
  set: string,
  body: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { headers, status, text } = await client.call(set, { method: 'POST', body });
  if (status !== 204) throw new Error(`${set}: ${status} ${text}`);
  return /\(([^)]*)\)$/.exec(String(headers['odata-entityid']))?.[1] ?? '';
}

async function idOf(client: OrganizationClient, set: string, key: string, filter: string): Promise<string> {
  const { body } = await client.call(`${set}?$select=${key}&$filter=${encodeURIComponent(filter)}`);
  return String(body.value[0]?.[key]);
}

/** The body of a step as a registration tool sends it, with the ids that it looks up first. */
export async function stepBody(
  client: OrganizationClient,
  endpoint: string,
  { table = 'lead', message, more = {} }: StepParts,
): Promise<Readonly<Record<string, unknown>>> {
  const messageId = await idOf(client, 'sdkmessages', 'sdkmessageid', `name eq '${message}'`);
  const wanted = `sdkmessageid/name eq '${message}' and primaryobjecttypecode eq '${table}'`;
  const filterId = await idOf(client, 'sdkmessagefilters', 'sdkmessagefilterid', wanted);
  return {
    name: `${message} of ${table}`,
    mode: 1,
    stage: 40,
    rank: 1,
    'sdkmessageid@odata.bind': `/sdkmessages(${messageId})`,
    'sdkmessagefilterid@odata.bind': `/sdkmessagefilters(${filterId})`,
    'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${endpoint})`,
    ...more,
  };
}

/** Registers a step, answers its id. */
export async function registerStep(
  client: OrganizationClient,
  endpoint: string,
  parts: StepParts,
): Promise<string> {
  return createRow(client, 'sdkmessageprocessingsteps', await stepBody(client, endpoint, parts));
}

/** Registers a webhook that is called with a key as the query value `code`. */
export function registerEndpoint(
  client: OrganizationClient,
  url: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return createRow(client, 'serviceendpoints', {
    name: 'Receiver',
    contract: 8,
    authtype: 4,
    authvalue: 'sesame',
    url,
    ...more,
  });
}

/** PATCH of a row. */
export function patch(client: OrganizationClient, row: string, body: unknown): Promise<Answered> {
  return client.call(row, { method: 'PATCH', body });
}
