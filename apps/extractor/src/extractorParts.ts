import { createCodec, createMessageCodec, subjectSchemas, topicSchemas } from '@lockstep/change-events';
import type { MessageCodec } from '@lockstep/change-events';
import {
  connectionOptions,
  createDynamics,
  startPageThread,
  type Dynamics,
  type DynamicsOptions,
  type UserConfig,
} from '@lockstep/dynamics';
import { createEventLog, openKafka, type EventLogSettings } from '@lockstep/kafka';
import type { HintBell } from '@lockstep/pipelines';
import type { EventLog } from '@lockstep/ports';
import { openSchemaIds } from '@lockstep/schema-registry';
import type { Service } from '@lockstep/service-runtime';
import type { Config } from './config.ts';

/** What the loops of this process share. */
export type Parts = {
  readonly config: Config;
  readonly service: Service;
  readonly bells: ReadonlyMap<string, HintBell>;
  readonly dynamics: Dynamics;
  readonly codec: MessageCodec;
  readonly kafka: EventLogSettings;
  readonly eventLog: EventLog;
};

/** How the broker logs this service. */
export const clientId = 'lockstep-extractor';

/** Opens the adapters; nothing is connected before it is used. */
export async function openParts(config: Config, service: Service, bells: Parts['bells']): Promise<Parts> {
  const { topicPrefix: prefix, instanceId } = config;
  const schemaIds = openSchemaIds(config);
  const codec = createMessageCodec(createCodec(schemaIds, subjectSchemas(topicSchemas(), prefix)), prefix);
  const kafka = { kafka: openKafka(config, clientId, service.log), codec, prefix, instanceId };
  const dynamics = await openDynamics(config, {
    onRequest: ({ status }) =>
      service.metrics.remoteCalls.inc({ system: 'dynamics', outcome: String(status ?? 'none') }),
    pageThread: {
      start: () => startPageThread(pageThreadFile),
      onStopped: (reason) => service.log.warn({ reason }, 'The thread that reads pages has ended.'),
    },
    onLargePage: (table, way) => service.metrics.largePages.inc({ table, way }),
  });
  service.lifecycle.opened('dynamics', () => dynamics.close());

  return { config, service, bells, dynamics, codec, kafka, eventLog: createEventLog(kafka) };
}

/** Bundled beside us; from source it is what it is. */
const pageThreadFile = new URL(
  import.meta.url.endsWith('.ts') ? './pageThread.ts' : './pageThread.mjs',
  import.meta.url,
);

/** Dynamics as the application user who reads. */
export function openDynamics(
  config: Config,
  options: Pick<DynamicsOptions, 'onRequest' | 'pageThread' | 'onLargePage'> = {},
): Promise<Dynamics> {
  return createDynamics({
    ...connectionOptions(config, readerOf(config)),
    requestsPerDay: config.dataverseDailyRequests,
    pageSizeMax: config.pageSizeMax,
    ...options,
  });
}

/** A reader of its own has limits, roles and an audit trail of its own; without one the writer's user reads too. */
function readerOf(config: Config): UserConfig {
  if (config.dataverseReaderClientId !== undefined) {
    return {
      clientId: config.dataverseReaderClientId,
      clientSecret: config.dataverseReaderClientSecret,
      clientSecretFile: config.dataverseReaderClientSecretFile,
      certificateFile: config.dataverseReaderCertificateFile,
      certificateKeyFile: config.dataverseReaderCertificateKeyFile,
      federatedTokenFile: config.dataverseReaderFederatedTokenFile,
    };
  }
  return {
    clientId: config.dataverseClientId ?? '',
    clientSecret: config.dataverseClientSecret,
    clientSecretFile: config.dataverseClientSecretFile,
    certificateFile: config.dataverseCertificateFile,
    certificateKeyFile: config.dataverseCertificateKeyFile,
    federatedTokenFile: config.dataverseFederatedTokenFile,
  };
}
