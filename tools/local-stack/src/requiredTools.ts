import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { StackSetupError } from './stackErrors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Commands of the tools the native stack needs. `maven` is only looked for when something must be downloaded. */
export type RequiredTools = { java: string; python: string; maven: string };

/** Runs `command args` and resolves with its standard output and error; undefined when it cannot run or fails. */
export type RunTool = (command: string, args: string[]) => Promise<string | undefined>;

const howToGet = {
  java: 'Java 17 or newer: set JAVA_HOME or install it, for example `apt-get install openjdk-17-jdk-headless` or `brew install openjdk@17`',
  python:
    'Python 3.11 or newer with venv: for example `apt-get install python3.11 python3.11-venv` or `brew install python@3.11`',
  maven: 'Maven (mvn) 3.8 or newer: for example `apt-get install maven` or `brew install maven`',
};

const pythonCommands = ['python3.11', 'python3.12', 'python3.13', 'python3'];
const pythonCheck = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))';

/** Finds the tools. Rejects with one StackSetupError that names every missing tool and how to get it. */
export async function findRequiredTools(
  env: Environment,
  needsMaven: boolean,
  run: RunTool = runTool,
): Promise<RequiredTools> {
  const [java, python, maven] = await Promise.all([
    findJava(env, run),
    firstOf(pythonCommands, async (command) => (await run(command, ['-c', pythonCheck])) !== undefined),
    needsMaven ? firstOf(['mvn'], async (command) => (await run(command, ['-v'])) !== undefined) : 'mvn',
  ]);
  const found = { java, python, maven };
  const missing = (Object.keys(howToGet) as (keyof RequiredTools)[]).filter(
    (tool) => found[tool] === undefined,
  );
  if (missing.length > 0) throw new StackSetupError(missingToolsMessage(missing));
  return { java: java ?? '', python: python ?? '', maven: maven ?? '' };
}

/** One line per tool, with how to get it. */
export function missingToolsMessage(missing: (keyof RequiredTools)[]): string {
  const lines = missing.map((tool) => `missing: ${howToGet[tool]}`);
  return [
    ...lines,
    'or start a container engine, or set KAFKA_BROKERS, MONGODB_URL and SCHEMA_REGISTRY_URL',
  ].join('\n');
}

/** The major version in the answer of `java -version`, also in the form of Java 8 (`1.8.0`). */
export function javaMajorVersion(answer: string): number {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(answer) ?? [];
  return Number(first === '1' ? second : (first ?? 0));
}

function findJava(env: Environment, run: RunTool): Promise<string | undefined> {
  const candidates = env['JAVA_HOME'] ? [join(env['JAVA_HOME'], 'bin', 'java'), 'java'] : ['java'];
  return firstOf(
    candidates,
    async (command) => javaMajorVersion((await run(command, ['-version'])) ?? '') >= 17,
  );
}

async function firstOf(
  commands: string[],
  accepts: (command: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const command of commands) if (await accepts(command)) return command;
  return undefined;
}

const runTool: RunTool = (command, args) =>
  new Promise((resolve) => {
    execFile(command, args, { timeout: 20_000 }, (error, stdout, stderr) => {
      resolve(error ? undefined : stdout + stderr);
    });
  });
