import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kafkaSettings, toProperties } from './kafkaSettings.ts';
import type { NativeService } from './nativeService.ts';
import { probeKafka } from './readiness.ts';
import type { StartContext } from './stackTypes.ts';
import { runSupervised } from './supervisedProcess.ts';

const formatTimeoutMs = 30_000;

/** One combined KRaft node from the published jars in `installFolder`. */
export const nativeKafka = (java: string, installFolder: string, context: StartContext): NativeService => ({
  name: 'kafka',
  portCount: 2,
  async prepare(folder, [port, controllerPort]) {
    const address = `127.0.0.1:${port}`;
    const main = { name: 'PLAINTEXT', bind: address, advertised: address };
    const settings = {
      ...kafkaSettings(`127.0.0.1:${controllerPort}`, main),
      'log.dirs': join(folder, 'data'),
    };
    const properties = join(folder, 'server.properties');
    const logging = join(folder, 'log4j2.properties');
    await writeFile(properties, toProperties(settings));
    await writeFile(logging, loggingProperties);
    const classes = [`-Dlog4j2.configurationFile=${logging}`, '-cp', join(installFolder, 'libs', '*')];
    const format = ['kafka.tools.StorageTool', 'format', '--cluster-id', clusterId(), '--config', properties];
    await runSupervised(
      {
        command: java,
        args: ['-XX:TieredStopAtLevel=1', ...classes, ...format],
        cwd: folder,
        logFile: join(folder, 'format.log'),
      },
      formatTimeoutMs,
      context.signal,
    );
    return {
      command: java,
      args: ['-Xmx512m', ...classes, 'kafka.Kafka', properties],
      address,
      probe: () => probeKafka(address),
    };
  },
});

/** Kafka writes a cluster id as the 22 characters of a UUID's bytes; one that begins with a dash would be taken for an option. */
function clusterId(): string {
  const id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  return id.startsWith('-') ? clusterId() : id;
}

/** Standard output is the service's log file. */
const loggingProperties = `rootLogger.level=warn
rootLogger.appenderRef.output.ref=output
appender.output.type=Console
appender.output.name=output
appender.output.layout.type=PatternLayout
appender.output.layout.pattern=%d %p %c{1} %m%n
`;
