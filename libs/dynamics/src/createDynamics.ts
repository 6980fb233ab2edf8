import { SyncError, type TableDefinition } from '@lockstep/change-events';
import type {
  DynamicsCatalog,
  DynamicsReader,
  DynamicsRequests,
  DynamicsWriter,
  PrivilegeKind,
  RequestBudget,
  WritingRights,
} from '@lockstep/ports';
import { createAccessTokens } from './accessTokens.ts';
import { createCatalog } from './catalog.ts';
import type { DynamicsCredential } from './credentials.ts';
import { createDataverseClient, type DataverseClient, type DataverseRequest } from './dataverseClient.ts';
import type { DynamicsContext } from './dynamicsContext.ts';
import { createGovernor, serviceProtectionLimits, type GovernorOptions } from './governor.ts';
import type { WindowLimits } from './governorWindow.ts';
import { createHttpTransport } from './httpTransport.ts';
import { createPageThread, type PageThreadOptions, type PageWay } from './packing/pageThread.ts';
import { createPageSizes } from './pageSizes.ts';
import { readAuthority } from './privateAuthority.ts';
import { createReader } from './reader.ts';
import { readRights } from './readRights.ts';
import { createRequests } from './requests.ts';
import { createRowQueries } from './rowQueries.ts';
import { createWriter } from './writer.ts';

export type DynamicsOptions = {
  /** Such as `https://contoso.crm.dynamics.com`. */
  readonly url: string;
  readonly tenantId: string;
  readonly tokenAuthority: string;
  readonly clientId: string;
  /** Short for a credential of kind `secret`; one of the two is needed. */
  readonly clientSecret?: string;
  readonly credential?: DynamicsCredential;
  /** PEM file of a private authority, trusted beside the public ones for the organisation and the token service. */
  readonly caFile?: string;
  /** What the writing side knows of the tables; readers bring their own definitions. */
  readonly tables?: Readonly<Record<string, TableDefinition>>;
  readonly pageSizeMax?: number;
  /** Most bytes of an answer, unpacked; it is held in memory some five times over. */
  readonly answerBytesMax?: number;
  readonly connectionsMax?: number;
  readonly requestTimeoutMs?: number;
  readonly tlsMinVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Part of the service-protection limits that we use, 0.5 by default. */
  readonly share?: number;
  /** Microsoft's by default (dataverse facts 4.1). */
  readonly limits?: WindowLimits;
  /** Budget of requests per UTC day; none by default. */
  readonly requestsPerDay?: number;
  readonly onRequest?: (request: DataverseRequest) => void;
  /** A thread for large pages; without it they are read in this one (decision 29). */
  readonly pageThread?: PageThreadOptions;
  /** Told of each page that was given to the thread; twice of one that it could not finish. */
  readonly onLargePage?: (table: string, way: PageWay) => void;
  /** Ms since 1970; by default by the process's own monotonic clock. */
  readonly now?: () => number;
};

export type Dynamics = DynamicsReader &
  DynamicsCatalog &
  DynamicsWriter &
  DynamicsRequests & {
    /** What our user may write of these tables; throws DYNAMICS_TABLE_UNKNOWN and the retriable DYNAMICS_* codes. */
    rights(needs: ReadonlyMap<string, readonly PrivilegeKind[]>, signal: AbortSignal): Promise<WritingRights>;
    readonly budget: RequestBudget;
    close(): Promise<void>;
  };

/**
 * Opens Dynamics over Dataverse's Web API v9.2, as one application user. Throws CONFIG_INVALID when `caFile` cannot be
 * read or holds no certificates, or no credential is given.
 */
export async function createDynamics(options: DynamicsOptions): Promise<Dynamics> {
  const { origin } = new URL(options.url);
  const connectionsMax = options.connectionsMax ?? 10;
  const transport = createHttpTransport({
    privateAuthority: await readAuthority(options.caFile),
    tlsMinVersion: options.tlsMinVersion ?? 'TLSv1.2',
    connectionsMax,
    requestTimeoutMs: options.requestTimeoutMs ?? 120_000,
    answerBytesMax: options.answerBytesMax ?? 64 * 1024 * 1024,
  });
  const governor = createGovernor(governorOptions(options, connectionsMax));
  const credential = credentialOf(options);
  const tokens = createAccessTokens({ ...options, credential, scope: `${origin}/.default`, transport });
  const context = contextOf(
    options,
    createDataverseClient({ transport, tokens, governor, onRequest: options.onRequest ?? (() => {}) }),
  );

  return {
    ...createReader(context),
    ...createRowQueries(context),
    ...createCatalog(context),
    ...createWriter(context),
    ...createRequests(context),
    rights: (needs, signal) => readRights(context, needs, signal),
    budget: governor.budget,
    async close() {
      governor.close();
      await context.pageThread?.close();
      await transport.close();
    },
  };
}

function contextOf(options: DynamicsOptions, client: DataverseClient): DynamicsContext {
  const { origin } = new URL(options.url);

  return {
    origin,
    pageSizes: createPageSizes(options.pageSizeMax ?? 5000),
    pageThread: options.pageThread ? createPageThread(options.pageThread) : null,
    onLargePage: options.onLargePage ?? (() => {}),
    client,
    tableOf: (name) => {
      const definition = options.tables?.[name];
      if (!definition) throw new SyncError('DYNAMICS_TABLE_UNKNOWN', { table: name });

      return definition;
    },
    urlOf: (path) => `${origin}/api/data/v9.2/${path}`,
  };
}

function governorOptions(options: DynamicsOptions, parallelMax: number): GovernorOptions {
  return {
    share: options.share ?? 0.5,
    limits: options.limits ?? serviceProtectionLimits,
    parallelMax,
    requestsPerDay: options.requestsPerDay ?? null,
    now: options.now ?? (() => performance.timeOrigin + performance.now()),
  };
}

function credentialOf({ credential, clientSecret }: DynamicsOptions): DynamicsCredential {
  if (credential) return credential;
  if (clientSecret === undefined) throw new SyncError('CONFIG_INVALID', { setting: 'credential' });

  return { kind: 'secret', secret: clientSecret };
}
