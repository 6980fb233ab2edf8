import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { supervisorScript } from './supervisorScript.ts';

export type ProcessOptions = {
  command: string;
  args: string[];
  cwd: string;
  /** Added to our own environment. */
  env?: Record<string, string>;
  /** Takes the process's output; it outlives us, which a pipe would not. */
  logFile: string;
  /** Removed when the process has ended, also when we were killed. */
  removeFolder?: string;
  /** Between the polite signal and the forced one. */
  graceMs?: number;
};

export type SupervisedProcess = {
  /** Resolves with the exit code, however the process ended. */
  exited: Promise<number>;
  hasExited(): boolean;
  /** Ends the process and all it started, within the grace time plus two seconds. */
  stop(): Promise<void>;
  /** Ends the process and all it started at once, as a power cut would; its data stays. */
  crash(): Promise<void>;
  /** Stops the process and all it started (SIGSTOP) for this long; it then goes on. */
  freeze(forMs: number): Promise<void>;
  /** The last lines of its output. */
  lastLines(linesMax?: number): Promise<string>;
};

const defaultGraceMs = 5_000;

/** Starts a process that ends with us, even when we are killed with no chance to clean up. */
export function startSupervised(options: ProcessOptions): SupervisedProcess {
  const graceMs = options.graceMs ?? defaultGraceMs;
  const supervisor = spawnSupervisor(options, graceMs);
  let code: number | undefined;
  const exited = new Promise<number>((resolve) => {
    supervisor.once('error', () => resolve((code = 127)));
    supervisor.once('exit', (exitCode) => resolve((code = exitCode ?? 1)));
  });
  return {
    exited,
    hasExited: () => code !== undefined,
    async stop() {
      supervisor.stdin?.end();
      const ended = await Promise.race([exited, sleep(graceMs + 2_000, 'late' as const, { ref: false })]);
      if (ended === 'late') supervisor.kill('SIGKILL');
      await exited;
    },
    async crash() {
      supervisor.stdin?.write('SIGKILL\n');
      await exited;
    },
    async freeze(forMs) {
      supervisor.stdin?.write('SIGSTOP\n');
      await sleep(forMs);
      supervisor.stdin?.write('SIGCONT\n');
    },
    lastLines: (linesMax = 20) => lastLinesOf(options.logFile, linesMax),
  };
}

function spawnSupervisor(options: ProcessOptions, graceMs: number): ChildProcess {
  const { command, args, cwd, removeFolder } = options;
  const output = openSync(options.logFile, 'a');
  // NODE_OPTIONS may name loaders that only make sense in our own process.
  const env = { ...process.env, ...options.env, NODE_OPTIONS: '' };
  const supervisor = spawn(
    process.execPath,
    ['-e', supervisorScript, JSON.stringify({ command, args, cwd, graceMs, removeFolder })],
    { env, detached: true, stdio: ['pipe', output, output] },
  );
  closeSync(output);
  // Writing to a supervisor that has gone is no fault: its exit is reported by `exited`.
  supervisor.stdin?.on('error', () => undefined);
  return supervisor;
}

async function lastLinesOf(file: string, linesMax: number): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-linesMax).join('\n');
}

/** Runs a command to its end. Rejects with the last lines of its output when it fails, is aborted or takes too long. */
export async function runSupervised(
  options: ProcessOptions,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  limit.throwIfAborted();
  const running = startSupervised(options);
  const abort = (): void => void running.stop();
  limit.addEventListener('abort', abort, { once: true });
  const code = await running.exited;
  limit.removeEventListener('abort', abort);
  signal.throwIfAborted();
  const title = `${options.command} ${options.args[0] ?? ''}`;
  if (limit.aborted) throw new Error(`${title} did not end within ${timeoutMs / 1_000} s`);
  if (code !== 0) throw new Error(`${title} failed (${code}):\n${await running.lastLines()}`);
}
