import { startHealthServer, type HealthServerOptions } from './healthServer.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import { createLogger, type Log, type LogLevel } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createReadiness, type Readiness } from './readiness.ts';

/** The settings every service has in common. */
export type ServiceSettings = {
  readonly logLevel: LogLevel;
  readonly instanceId: string;
  readonly httpHost: string;
  readonly httpPort: number;
  readonly shutdownDeadlineMs: number;
};

/** What every service has: a log, its readiness in words, its metrics, and one orderly end. */
export type Service = {
  readonly log: Log;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
};

/** What a service answers on its HTTP port beside health and metrics. */
export type ServiceAddresses = Pick<HealthServerOptions, 'routes' | 'apis'>;

/** Opens health and metrics, and the service's own addresses, first, so that a service that cannot start yet can say why. */
export async function startService(
  name: string,
  settings: ServiceSettings,
  startingComponents: readonly string[],
  addressesOf: (metrics: Metrics, log: Log) => ServiceAddresses = () => ({}),
): Promise<Service> {
  const log = createLogger({ service: name, level: settings.logLevel, instance: settings.instanceId });
  const readiness = createReadiness(startingComponents);
  const metrics = createMetrics(name);
  const lifecycle = createLifecycle({ log, readiness, deadlineMs: settings.shutdownDeadlineMs });
  const server = await startHealthServer({
    port: settings.httpPort,
    host: settings.httpHost,
    registry: metrics.registry,
    checks: () => readiness.reasons(),
    ...addressesOf(metrics, log),
  });
  lifecycle.opened('health', () => server.close());

  return { log, readiness, metrics, lifecycle };
}
