import { cloudAuthorities, type DynamicsCloud } from './cloudAuthorities.ts';
import type { DynamicsOptions } from './createDynamics.ts';
import type { DynamicsCredential } from './credentials.ts';

/** The settings of an environment, as the services read them (docs/configuration.md). */
export type ConnectionConfig = {
  readonly dataverseUrl: string;
  readonly dataverseTenantId: string;
  readonly dataverseCloud: DynamicsCloud;
  readonly dataverseTokenAuthority: string | undefined;
  readonly dataverseCaFile: string | undefined;
  readonly dataverseTlsMin: '1.2' | '1.3';
  readonly dataverseShare: number;
};

/** An application user and its proof; the settings see to it that there is exactly one. */
export type UserConfig = {
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly clientSecretFile: string | undefined;
  readonly certificateFile: string | undefined;
  readonly certificateKeyFile: string | undefined;
  readonly federatedTokenFile: string | undefined;
};

/** Where to connect, as whom, and how much of the limits to use. */
export function connectionOptions(config: ConnectionConfig, user: UserConfig): DynamicsOptions {
  const { dataverseTenantId: tenantId, dataverseCaFile: caFile } = config;
  const { tokenAuthority } = cloudAuthorities[config.dataverseCloud];

  return {
    url: config.dataverseUrl,
    tenantId,
    tokenAuthority: config.dataverseTokenAuthority ?? `${tokenAuthority}/${tenantId}`,
    clientId: user.clientId,
    credential: credentialOf(user),
    ...(caFile !== undefined && { caFile }),
    tlsMinVersion: `TLSv${config.dataverseTlsMin}`,
    share: config.dataverseShare,
  };
}

function credentialOf(user: UserConfig): DynamicsCredential {
  const {
    clientSecret = '',
    clientSecretFile,
    certificateFile,
    certificateKeyFile,
    federatedTokenFile,
  } = user;
  if (clientSecretFile !== undefined) return { kind: 'secretFile', secretFile: clientSecretFile };
  if (federatedTokenFile !== undefined) return { kind: 'workloadIdentity', tokenFile: federatedTokenFile };
  if (certificateFile === undefined) return { kind: 'secret', secret: clientSecret };

  return {
    kind: 'certificate',
    certificateFile,
    ...(certificateKeyFile !== undefined && { keyFile: certificateKeyFile }),
  };
}
