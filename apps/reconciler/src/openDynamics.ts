import type { TableDefinition } from '@lockstep/change-events';
import { connectionOptions, createDynamics, type Dynamics, type DynamicsOptions } from '@lockstep/dynamics';
import type { Config } from './config.ts';

/** The writing side of Dynamics, as the application user of the settings; `definitions` may grow while it is open. */
export function openDynamics(
  config: Config,
  definitions: Readonly<Record<string, TableDefinition>>,
  onRequest?: DynamicsOptions['onRequest'],
): Promise<Dynamics> {
  return createDynamics({
    ...connectionOptions(config, {
      clientId: config.dataverseClientId,
      clientSecret: config.dataverseClientSecret,
      clientSecretFile: config.dataverseClientSecretFile,
      certificateFile: config.dataverseCertificateFile,
      certificateKeyFile: config.dataverseCertificateKeyFile,
      federatedTokenFile: config.dataverseFederatedTokenFile,
    }),
    tables: definitions,
    ...(onRequest && { onRequest }),
  });
}
