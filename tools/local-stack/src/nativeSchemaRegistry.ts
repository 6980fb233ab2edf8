import { join } from 'node:path';
import { registryJar } from './nativeDownloads.ts';
import type { NativeService } from './nativeService.ts';
import { probeSchemaRegistry } from './readiness.ts';

/** Apicurio Registry with its store in memory, from the published archive in `installFolder`. */
export const nativeSchemaRegistry = (java: string, installFolder: string): NativeService => ({
  name: 'schema-registry',
  portCount: 1,
  async prepare(_folder, [port]) {
    const address = `http://127.0.0.1:${port}/apis/ccompat/v7`;
    return {
      command: java,
      // It starts often and works little: a cheap compiler and collector halve its start.
      args: [
        '-Xmx256m',
        '-XX:TieredStopAtLevel=1',
        '-XX:+UseSerialGC',
        '-jar',
        join(installFolder, registryJar),
      ],
      env: { QUARKUS_HTTP_HOST: '127.0.0.1', QUARKUS_HTTP_PORT: `${port}` },
      address,
      probe: () => probeSchemaRegistry(address),
    };
  },
});
