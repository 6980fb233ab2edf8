import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type ChildService = {
  readonly name: string;
  readonly healthUrl: string;
  readonly logFile: string;
  /** Null while it runs. */
  exitCode(): number | null;
  stop(): Promise<void>;
  lastLines(linesMax?: number): Promise<string>;
};

export type ChildOptions = {
  readonly name: string;
  readonly file: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly logFolder: string;
};

const graceMs = 8_000;

/**
 * Runs in the child before its own code. The channel to us closes when we end, however we end; then the child stops in
 * good order, or is ended after a while. The services themselves know nothing of it.
 */
const endWithParent = `process.once('disconnect', () => {
  setTimeout(() => process.exit(1), ${graceMs}).unref();
  process.kill(process.pid, 'SIGTERM');
})`;

/** Starts a bundled service as a process that ends with us, also when we are killed. Its output goes to a file. */
export function startChild({ name, file, port, settings, logFolder }: ChildOptions): ChildService {
  const logFile = join(logFolder, `${name}.log`);
  const output = openSync(logFile, 'a');
  const child = fork(file, [], {
    // A group of its own: a Ctrl-C in the terminal reaches us alone, and we decide the order.
    detached: true,
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(endWithParent)}`],
    env: { ...inherited(), ...settings, HTTP_PORT: String(port), HTTP_HOST: '127.0.0.1', INSTANCE_ID: name },
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  let code: number | null = null;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (exitCode) => resolve(void (code = exitCode ?? 1)));
    child.once('error', () => resolve(void (code = 1)));
  });
  return {
    name,
    healthUrl: `http://127.0.0.1:${port}/health/ready`,
    logFile,
    exitCode: () => code,
    async stop() {
      if (code !== null) return;
      child.kill('SIGTERM');
      const late = await Promise.race([exited, sleep(graceMs, 'late' as const, { ref: false })]);
      if (late === 'late') child.kill('SIGKILL');
      await exited;
    },
    async lastLines(linesMax = 15) {
      const text = await readFile(logFile, 'utf8').catch(() => '');
      return text.trimEnd().split('\n').slice(-linesMax).join('\n');
    },
  };
}

/** Only what a process needs: settings of services that lie in our environment must not leak into theirs. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];
  const found = names.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(found.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
