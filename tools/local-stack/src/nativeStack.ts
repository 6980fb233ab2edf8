import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from './downloadCache.ts';
import { installKafka, installRegistry, installSecantusdb, needsMaven } from './nativeDownloads.ts';
import { nativeKafka } from './nativeKafka.ts';
import { nativeMongodb } from './nativeMongodb.ts';
import { nativeSchemaRegistry } from './nativeSchemaRegistry.ts';
import type { NativeService, RunningService } from './nativeService.ts';
import { startNativeService } from './nativeService.ts';
import { findRequiredTools } from './requiredTools.ts';
import type { LastingService, LocalStack, ServiceFaults, StartContext } from './stackTypes.ts';
import { startTogether, stopInReverse } from './startTogether.ts';

/**
 * Kafka, SecantusDB and Apicurio Registry as processes of this machine. Rejects with a StackSetupError when tools are
 * missing, with the output of a download or a service when that fails, and with the signal's reason when aborted.
 */
export async function startNativeStack(context: StartContext): Promise<LocalStack> {
  const cache = cacheFolder(process.env);
  const tools = await findRequiredTools(process.env, needsMaven(cache));
  context.signal.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-stack-'));
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const start = (prepare: (own: StartContext) => Promise<NativeService>) => {
    return async (signal: AbortSignal): Promise<RunningService> => {
      const own = { ...context, signal };
      return startNativeService(await prepare(own), folder, own);
    };
  };
  const services = await startTogether(
    [
      start(async (own) => nativeKafka(tools.java, await installKafka({ cache, tools, context: own }), own)),
      start(async (own) => nativeMongodb(await installSecantusdb({ cache, tools, context: own }))),
      start(async (own) =>
        nativeSchemaRegistry(tools.java, await installRegistry({ cache, tools, context: own })),
      ),
    ],
    context.signal,
  ).catch(async (error: unknown) => {
    await removeFolder();
    throw error;
  });
  const [kafkaBrokers = '', mongodbUrl = '', schemaRegistryUrl = ''] = services.map(({ address }) => address);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= stopInReverse(services).then(removeFolder));
  const find = (service: LastingService) => services.find(({ name }) => name === service);
  const faults: ServiceFaults = {
    crash: async (service) => find(service)?.crash(),
    freeze: async (service, forMs) => find(service)?.freeze(forMs),
  };
  return { kafkaBrokers, mongodbUrl, schemaRegistryUrl, provider: 'native', faults, close };
}
