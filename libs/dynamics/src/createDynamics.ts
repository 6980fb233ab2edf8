import { readFile } from 'node:fs/promises';
import { SyncError, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsCatalog, DynamicsReader, DynamicsWriter } from '@lockstep/ports';
import { createAccessTokens } from './accessTokens.ts';
import { createCatalog } from './catalog.ts';
import { createDataverseClient, type DataverseRequest } from './dataverseClient.ts';
import { createHttpTransport } from './httpTransport.ts';
import { createReader } from './reader.ts';
import { createRowQueries } from './rowQueries.ts';
import { createWriter } from './writer.ts';

export type DynamicsOptions = {
  /** Such as `https://contoso.crm.dynamics.com`. */
  readonly url: string;
  readonly tenantId: string;
  readonly tokenAuthority: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** PEM file of a private authority, trusted beside the public ones for the organisation and the token service. */
  readonly caFile?: string;
  /** What the writing side knows of the tables; readers bring their own definitions. */
  readonly tables?: Readonly<Record<string, TableDefinition>>;
  readonly pageSizeMax?: number;
  readonly connectionsMax?: number;
  readonly requestTimeoutMs?: number;
  readonly onRequest?: (request: DataverseRequest) => void;
};

export type Dynamics = DynamicsReader & DynamicsCatalog & DynamicsWriter & { close(): Promise<void> };

/** What the adapter's parts share: one organisation, its tables and the way to it. */
export type DynamicsContext = {
  readonly origin: string;
  readonly pageSizeMax: number;
  readonly client: ReturnType<typeof createDataverseClient>;
  /** Throws DYNAMICS_TABLE_UNKNOWN. */
  tableOf(name: string): TableDefinition;
  urlOf(path: string): string;
};

/** Opens Dynamics over Dataverse's Web API v9.2. Throws CONFIG_INVALID when `caFile` cannot be read. */
export async function createDynamics(options: DynamicsOptions): Promise<Dynamics> {
  const { origin } = new URL(options.url);
  const transport = createHttpTransport({
    privateAuthority: await authorityFrom(options.caFile),
    connectionsMax: options.connectionsMax ?? 10,
    requestTimeoutMs: options.requestTimeoutMs ?? 120_000,
  });
  const tokens = createAccessTokens({ ...options, scope: `${origin}/.default`, transport });
  const context: DynamicsContext = {
    origin,
    pageSizeMax: options.pageSizeMax ?? 5000,
    client: createDataverseClient(transport, tokens, options.onRequest ?? (() => {})),
    tableOf: (name) => {
      const definition = options.tables?.[name];
      if (!definition) throw new SyncError('DYNAMICS_TABLE_UNKNOWN', { table: name });

      return definition;
    },
    urlOf: (path) => `${origin}/api/data/v9.2/${path}`,
  };

  return {
    ...createReader(context),
    ...createRowQueries(context),
    ...createCatalog(context),
    ...createWriter(context),
    close: () => transport.close(),
  };
}

async function authorityFrom(caFile: string | undefined): Promise<string | null> {
  if (caFile === undefined) return null;
  try {
    return await readFile(caFile, 'utf8');
  } catch (cause) {
    throw new SyncError('CONFIG_INVALID', { setting: 'caFile' }, { cause });
  }
}
