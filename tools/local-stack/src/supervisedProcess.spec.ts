import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProcessAlive } from './isProcessAlive.ts';
import { runSupervised, startSupervised } from './supervisedProcess.ts';

const { signal } = new AbortController();

async function inFolder(work: (folder: string, data: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-process-'));
  const data = join(folder, 'stack', 'service');
  await mkdir(data, { recursive: true });
  try {
    await work(folder, data);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const program = (cwd: string, text: string) => ({
  command: process.execPath,
  args: ['-e', text],
  cwd,
  logFile: join(cwd, 'output.log'),
});

async function readWhenWritten(file: string): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text !== '') return text;
    await sleep(50);
  }
  throw new Error(`${file} stayed empty`);
}

/** Who is still there after some seconds: a busy system takes its time to bury a killed process. */
async function survivorsOf(pids: readonly number[]): Promise<readonly number[]> {
  for (let attempt = 0; attempt < 100 && pids.some(isProcessAlive); attempt += 1) await sleep(50);
  return pids.filter(isProcessAlive);
}

describe('startSupervised', () => {
  it('kills a process and its children that ignore the polite signal, and removes the data', async () => {
    await inFolder(async (folder, data) => {
      const stubborn = "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000);";
      const parent = `const { spawn } = require('node:child_process');
        const child = spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}]);
        console.log(process.pid + ' ' + child.pid); ${stubborn}`;
      const options = { ...program(folder, parent), removeFolder: data, graceMs: 300 };
      const running = startSupervised(options);
      const pids = (await readWhenWritten(options.logFile)).trim().split(' ').map(Number);
      expect(pids.map(isProcessAlive)).toEqual([true, true]);
      await running.stop();
      expect(running.hasExited()).toBe(true);
      expect(await survivorsOf(pids)).toEqual([]);
      expect(existsSync(join(folder, 'stack'))).toBe(false);
    });
  });

  it('keeps the data and the last lines of a process that ends by itself', async () => {
    await inFolder(async (folder, data) => {
      const failing = "for (let n = 1; n <= 30; n += 1) console.log('line ' + n); process.exitCode = 3";
      const running = startSupervised({ ...program(folder, failing), removeFolder: data });
      await expect(running.exited).resolves.toBe(3);
      await expect(running.lastLines(2)).resolves.toBe('line 29\nline 30');
      expect(existsSync(data)).toBe(true);
    });
  });
});

describe('runSupervised', () => {
  it('shows what a failing command printed', async () => {
    await inFolder(async (folder) => {
      const run = runSupervised(
        program(folder, "console.error('no space'); process.exit(4)"),
        10_000,
        signal,
      );
      await expect(run).rejects.toThrow(/failed \(4\):\nno space/);
    });
  });

  it('names a command that does not exist', async () => {
    await inFolder(async (folder) => {
      const missing = { ...program(folder, ''), command: 'no-such-command' };
      await expect(runSupervised(missing, 10_000, signal)).rejects.toThrow(/failed \(127\)[^]*ENOENT/);
    });
  });

  it('ends a command at its deadline', async () => {
    await inFolder(async (folder) => {
      const endless = program(folder, 'setInterval(() => undefined, 1000)');
      await expect(runSupervised(endless, 400, signal)).rejects.toThrow('did not end within 0.4 s');
    });
  });
});
