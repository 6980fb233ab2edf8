import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

export type ServiceProcess = {
  readonly name: string;
  readonly pid: number;
  /** Where it serves health and metrics. */
  readonly url: string;
  /** Null while it runs. */
  exitCode(): number | null;
  /** It has ended without being asked to. */
  hasCrashed(): boolean;
  /** Null when it is ready, else why it is not. */
  whyNotReady(): Promise<string | null>;
  /** Ends it in good order, within 10 s. */
  stop(): Promise<void>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Stops it in the middle of whatever it does and lets it go on later; it may end then, since others took its place. */
  freeze(forMs: number): Promise<void>;
  lastLines(linesMax?: number): Promise<string>;
};

export type ServiceProcessOptions = {
  readonly name: string;
  readonly file: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Takes its output, after what is there already. */
  readonly logFile: string;
};

const graceMs = 10_000;
const logTailBytes = 64_000;

/**
 * Runs in the child before its own code: the channel to us closes when we end, however we end. The services
 * themselves know nothing of it.
 */
const endWithParent = `process.once('disconnect', () => {
  setTimeout(() => process.exit(1), ${graceMs}).unref();
  process.kill(process.pid, 'SIGTERM');
})`;

/** Starts a bundled service as a process that ends with us, also when we are killed. */
export function startServiceProcess(options: ServiceProcessOptions): ServiceProcess {
  const { name, port, logFile } = options;
  const child = spawnService(options);
  let code: number | null = null;
  let isEnding = false;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (exitCode) => resolve(void (code = exitCode ?? 1)));
    child.once('error', () => resolve(void (code = 1)));
  });
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    isEnding = isEnding || code === null;
    if (code === null) child.kill(signal);
    const late = await Promise.race([exited, sleep(graceMs, 'late' as const, { ref: false })]);
    if (late === 'late') child.kill('SIGKILL');
    await exited;
  };
  const url = `http://127.0.0.1:${port}`;
  return {
    name,
    pid: child.pid ?? 0,
    url,
    exitCode: () => code,
    hasCrashed: () => code !== null && !isEnding,
    whyNotReady: () => (code === null ? askReady(url) : Promise.resolve(`it ended with code ${code}`)),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async freeze(forMs) {
      isEnding = true;
      child.kill('SIGSTOP');
      await sleep(forMs);
      child.kill('SIGCONT');
    },
    async lastLines(linesMax = 10) {
      const text = await readFile(logFile, 'utf8').catch(() => '');
      return text.slice(-logTailBytes).trimEnd().split('\n').slice(-linesMax).join('\n');
    },
  };
}

function spawnService({ name, file, port, settings, logFile }: ServiceProcessOptions) {
  const output = openSync(logFile, 'a');
  const child = fork(file, [], {
    // A group of its own: a Ctrl-C in the terminal reaches us alone, and we decide the order.
    detached: true,
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(endWithParent)}`],
    env: { ...inherited(), INSTANCE_ID: name, ...settings, HTTP_PORT: String(port), HTTP_HOST: '127.0.0.1' },
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  return child;
}

/** Only what a process needs: settings of services that lie in our environment must not leak into theirs. */
function inherited(): Record<string, string> {
  const found = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'].map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(found.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

async function askReady(url: string): Promise<string | null> {
  try {
    const { statusCode, body } = await request(`${url}/health/ready`);
    const text = await body.text();
    return statusCode === 200 ? null : text;
  } catch {
    return 'no answer';
  }
}
