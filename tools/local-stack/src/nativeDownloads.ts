import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { installOnce, isCached } from './downloadCache.ts';
import pythonRequirements from './pythonRequirements.json' with { type: 'json' };
import type { RequiredTools } from './requiredTools.ts';
import type { StartContext } from './stackTypes.ts';
import { runSupervised } from './supervisedProcess.ts';

const versions = { kafka: '4.1.0', log4j: '2.24.3', registry: '2.6.13.Final', secantusdb: '0.7.0b3' };

/** Names in the cache; each carries its version, so a new version never meets an old folder. */
export const cacheNames = {
  kafka: `kafka-${versions.kafka}`,
  registry: `apicurio-registry-${versions.registry}`,
  secantusdb: `secantusdb-${versions.secantusdb}`,
};

export const registryJar = `apicurio-registry-app-${versions.registry}-runner.jar`;

const registryArchive = `apicurio-registry-app-${versions.registry}-all.tar.gz`;
const sha256OfArchive: Record<string, string> = {
  'apicurio-registry-app-2.6.13.Final-all.tar.gz':
    '3cda1b34aa020fb4ac4dd6a66018d757e81e437f97e20a1f92d366b70091c6ba',
};

const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';
const downloadTimeoutMs = 15 * 60_000;

type Download = { cache: string; tools: RequiredTools; context: StartContext };

/** Whether Maven will be needed: Kafka's or the registry's files are not cached yet. */
export const needsMaven = (cache: string): boolean =>
  !isCached(cache, cacheNames.kafka) || !isCached(cache, cacheNames.registry);

/** The folder with Kafka's jars in `libs`. */
export function installKafka({ cache, tools, context }: Download): Promise<string> {
  return installOnce(
    cache,
    cacheNames.kafka,
    async (folder) => {
      context.log(`kafka ${versions.kafka}: downloading (about 45 MB)`);
      await writeFile(join(folder, 'pom.xml'), kafkaPom());
      const goal = [`${dependencyPlugin}:copy-dependencies`, `-DoutputDirectory=${join(folder, 'libs')}`];
      await runMaven(tools, folder, goal, context);
    },
    context,
  );
}

/** The folder with the registry's runnable jar. */
export function installRegistry({ cache, tools, context }: Download): Promise<string> {
  return installOnce(
    cache,
    cacheNames.registry,
    async (folder) => {
      context.log(`schema registry ${versions.registry}: downloading (about 140 MB)`);
      const artifact = `io.apicurio:apicurio-registry-app:${versions.registry}:tar.gz:all`;
      const goal = [`${dependencyPlugin}:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`];
      await runMaven(tools, folder, goal, context);
      await verifySha256(join(folder, registryArchive), sha256OfArchive[registryArchive] ?? '');
      await run(folder, 'tar', ['-xzf', registryArchive], context);
      await rm(join(folder, registryArchive));
    },
    context,
  );
}

/** The folder with the virtual environment in which SecantusDB is installed. */
export function installSecantusdb({ cache, tools, context }: Download): Promise<string> {
  return installOnce(
    cache,
    cacheNames.secantusdb,
    async (folder) => {
      context.log(`secantusdb ${versions.secantusdb}: downloading (about 25 MB)`);
      await writeFile(join(folder, 'requirements.txt'), requirementsText(pythonRequirements));
      await run(folder, tools.python, ['-m', 'venv', 'venv'], context);
      const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input'];
      const pinned = ['--require-hashes', '--only-binary=:all:', '-r', 'requirements.txt'];
      await run(folder, join(folder, 'venv', 'bin', 'python'), [...pip, ...pinned], context);
    },
    context,
  );
}

/** Resolves when the file's SHA-256 is `expected` (hex); rejects with both values otherwise. */
export async function verifySha256(file: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const actual = hash.digest('hex');
  if (actual !== expected) throw new Error(`${file} has SHA-256 ${actual}, expected ${expected}`);
}

/** pip's requirements file, one pinned package with all its accepted hashes per line. */
export const requirementsText = (requirements: Record<string, string[]>): string =>
  Object.entries(requirements)
    .map(([pin, hashes]) => `${[pin, ...hashes.map((hash) => `--hash=${hash}`)].join(' ')}\n`)
    .join('');

/** Strict checksums: an artifact that does not match the repository's checksum fails the download. */
const runMaven = (
  tools: RequiredTools,
  folder: string,
  goal: string[],
  context: StartContext,
): Promise<void> =>
  run(folder, tools.maven, ['--batch-mode', '--quiet', '--strict-checksums', ...goal], context);

const run = (cwd: string, command: string, args: string[], context: StartContext): Promise<void> =>
  runSupervised({ command, args, cwd, logFile: join(cwd, 'install.log') }, downloadTimeoutMs, context.signal);

const kafkaPom = (): string => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>lockstep</groupId>
  <artifactId>local-kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${versions.kafka}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>${versions.log4j}</version>
    </dependency>
  </dependencies>
</project>
`;
