import type { TableDefinition } from '@lockstep/change-events';
import { connectionOptions, createDynamics, type Dynamics } from '@lockstep/dynamics';
import type { Metrics } from '@lockstep/service-runtime';
import type { Config } from './config.ts';

/** The writing side of Dynamics, as the application user of the settings; `definitions` may grow while it is open. */
export function openDynamics(
  config: Config,
  definitions: Readonly<Record<string, TableDefinition>>,
  metrics: Metrics,
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
    onRequest: ({ status }) =>
      metrics.remoteCalls.inc({ system: 'dynamics', outcome: String(status ?? 'none') }),
  });
}
