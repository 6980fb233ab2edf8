import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { createOrganizationState } from './core/createOrganizationState.ts';
import type { OrganizationState } from './core/organizationState.ts';
import { addStandingRows } from './core/users.ts';
import { makeCertificates, type Certificates } from './http/certificates.ts';
import { controlRoutes } from './http/controlRoutes.ts';
import { dataRoutes } from './http/dataRoutes.ts';
import { tokenRoutes } from './http/tokenRoutes.ts';
import { standardManyToMany } from './tables/intersectTables.ts';
import { standardTables } from './tables/standardTables.ts';

/** How to start an emulator. Every part has a default. */
export interface DataverseEmulatorOptions {
  /** Port of the Web API; 0 takes a free one. */
  readonly port?: number;
  /** Port of the token endpoint; 0 takes a free one. */
  readonly tokenPort?: number;
  /** Address to listen on, 127.0.0.1 by default. */
  readonly host?: string;
  /** Name under which others reach it, used in the addresses returned and in the certificate. */
  readonly publicHost?: string;
  /** Serves the control API under `/_control`. */
  readonly control?: boolean;
  /** Serves the Web API by https too, as clients want that know the real service only. */
  readonly https?: boolean;
  /** Base clock in ms since 1970; the control API adds an offset to it. */
  readonly now?: () => number;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly tenantId?: string;
  /** Folder for `ca.pem`; by default a fresh one that goes when the emulator is closed. */
  readonly caDirectory?: string;
}

/** A running emulator and what a client needs to reach it. */
export interface DataverseEmulator {
  /** Such as `http://127.0.0.1:5000`; the client appends `/api/data/v9.2/`. */
  readonly url: string;
  /** Such as `https://127.0.0.1:5001/<tenant>`. */
  readonly tokenAuthority: string;
  readonly tenantId: string;
  /** PEM file of the authority that signed the token endpoint's certificate. */
  readonly caFile: string;
  readonly clientId: string;
  readonly clientSecret: string;
  close(): Promise<void>;
}

const bodyBytesMax = 128 * 1024 * 1024;
/** More than the service takes, so that its own refusal of a long address can be given. */
const headBytesMax = 256 * 1024;

const serverOptions = {
  bodyLimit: bodyBytesMax,
  routerOptions: { maxParamLength: headBytesMax },
  forceCloseConnections: true,
  http: { maxHeaderSize: headBytesMax },
  ajv: { customOptions: { removeAdditional: false } },
} as const;

interface Listener {
  listen(address: { readonly port: number; readonly host: string }): Promise<unknown>;
  readonly server: { address(): unknown };
}

async function listen(app: Listener, port: number, host: string): Promise<number> {
  await app.listen({ port, host });
  return (app.server.address() as AddressInfo).port;
}

async function writeAuthority(
  certificates: Certificates,
  directory: string | undefined,
): Promise<{ readonly caFile: string; readonly remove: () => Promise<void> }> {
  if (directory !== undefined) await mkdir(directory, { recursive: true });
  const folder = directory ?? (await mkdtemp(join(tmpdir(), 'dataverse-emulator-')));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, certificates.caPem);
  const remove = async (): Promise<void> => {
    if (directory === undefined) await rm(folder, { recursive: true, force: true });
  };
  return { caFile, remove };
}

function createState(options: DataverseEmulatorOptions): OrganizationState {
  const state = createOrganizationState({
    identity: {
      tenantId: options.tenantId ?? randomUUID(),
      clientId: options.clientId ?? randomUUID(),
      clientSecret: options.clientSecret ?? randomUUID(),
    },
    tables: standardTables,
    manyToMany: standardManyToMany,
    now: options.now ?? Date.now,
    newId: randomUUID,
  });
  addStandingRows(state);
  return state;
}

interface HttpsOptions {
  readonly key: string;
  readonly cert: string;
  readonly maxHeaderSize: number;
}

function schemeOptions(scheme: 'http' | 'https', certificates: Certificates): HttpsOptions | null {
  const { keyPem, certificatePem, caPem } = certificates;
  return scheme === 'https'
    ? { key: keyPem, cert: certificatePem + caPem, maxHeaderSize: headBytesMax }
    : null;
}

async function startTokenServer(
  state: OrganizationState,
  signingKey: string,
  certificates: Certificates,
  address: { readonly port: number; readonly host: string },
): Promise<{ readonly port: number; readonly app: { close(): Promise<unknown> } }> {
  const app = Fastify({ ...serverOptions, https: schemeOptions('https', certificates) });
  await app.register(tokenRoutes(state, signingKey));
  await app.listen(address);
  return { port: (app.server.address() as AddressInfo).port, app };
}

/** Starts an emulator with an empty organisation. Rejects when a port is taken. */
export async function startDataverseEmulator(
  options: DataverseEmulatorOptions = {},
): Promise<DataverseEmulator> {
  const { host = '127.0.0.1', publicHost = '127.0.0.1' } = options;
  const state = createState(options);
  const signingKey = randomUUID();
  // Validity is a matter of real time: clients compare it with their own clocks.
  const certificates = makeCertificates(['localhost', '127.0.0.1', publicHost], Date.now());
  const authority = await writeAuthority(certificates, options.caDirectory);
  const tokens = await startTokenServer(state, signingKey, certificates, {
    port: options.tokenPort ?? 0,
    host,
  });
  const tokenAuthority = `https://${publicHost}:${tokens.port}/${state.identity.tenantId}`;
  const scheme = options.https ? 'https' : 'http';
  const app = Fastify({ ...serverOptions, https: schemeOptions(scheme, certificates) });
  await app.register(dataRoutes({ state, signingKey, tokenAuthority: () => tokenAuthority }));
  if (options.control) await app.register(controlRoutes(state), { prefix: '/_control' });
  const close = async (): Promise<void> => {
    state.webhooks.close();
    await app.close();
    await tokens.app.close();
    await authority.remove();
  };
  const port = await listen(app, options.port ?? 0, host).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const { tenantId, clientId, clientSecret } = state.identity;
  return {
    url: `${scheme}://${publicHost}:${port}`,
    tokenAuthority,
    tenantId,
    caFile: authority.caFile,
    clientId,
    clientSecret,
    close,
  };
}
