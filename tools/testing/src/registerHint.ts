import { DynamicsWebApi } from 'dynamics-web-api';
import { dataverseToken } from './dataverseToken.ts';
import type { EmulatedDynamics } from './emulatedDynamics.ts';

/** Where the hint is, what opens it, and the tables whose changes shall knock. */
export interface HintToRegister {
  readonly url: string;
  readonly key: string;
  readonly tables: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;

/** The settings of an endpoint that is called with headers, as Dataverse wants them. */
const settings = (name: string, value: string): string =>
  `<settings><setting name="${name}" value="${value}" /></settings>`;

/** Registers the extractor's hint as docs/extractor.md says: an endpoint, and a step for each table and message. */
export async function registerHint(
  dynamics: EmulatedDynamics,
  { url, key, tables }: HintToRegister,
): Promise<void> {
  const client = new DynamicsWebApi({
    serverUrl: dynamics.url,
    dataApi: { version: '9.2' },
    onTokenRefresh: () => dataverseToken(dynamics),
  });
  const endpoint = await client.create<Row, string>({
    collection: 'serviceendpoints',
    data: {
      name: 'Lockstep hint',
      contract: 8,
      authtype: 5,
      url,
      authvalue: settings('x-lockstep-key', key),
    },
  });
  const { value: filters } = await client.retrieveMultiple<Row>({
    collection: 'sdkmessagefilters',
    select: ['sdkmessagefilterid', 'primaryobjecttypecode', '_sdkmessageid_value'],
    filter: `(${tables.map((table) => `primaryobjecttypecode eq '${table}'`).join(' or ')}) and (sdkmessageid/name eq 'Create' or sdkmessageid/name eq 'Update' or sdkmessageid/name eq 'Delete')`,
  });
  for (const filter of filters)
    await client.create({
      collection: 'sdkmessageprocessingsteps',
      data: {
        name: `Lockstep hint: ${String(filter['primaryobjecttypecode'])}`,
        mode: 1,
        stage: 40,
        rank: 1,
        'sdkmessageid@odata.bind': `/sdkmessages(${String(filter['_sdkmessageid_value'])})`,
        'sdkmessagefilterid@odata.bind': `/sdkmessagefilters(${String(filter['sdkmessagefilterid'])})`,
        'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${endpoint})`,
      },
    });
}
