/**
 * The program between us and a child process, given to `node -e` so that it runs from sources, from jest and from a
 * bundle alike. Its standard input is a pipe whose other end only we hold: when it closes, because we ask for a stop
 * or because we were killed, it ends the child's process group, first politely, then by force, and removes the
 * child's data (and the folder around it once that is empty); after a crash of the child the data stays. A line on the pipe is the name of a signal for the child. It leads a process group of its own, so a Ctrl-C in the terminal does not reach it.
 */
export const supervisorScript = `
const { spawn } = require('node:child_process');
const { rmSync, rmdirSync } = require('node:fs');
const { dirname } = require('node:path');
const { command, args, cwd, graceMs, removeFolder } = JSON.parse(process.argv[1]);
const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
const signalGroup = (signal) => { try { process.kill(-child.pid, signal); } catch {} };
let stopping = false;
const stop = () => {
  if (stopping || child.pid === undefined) return;
  stopping = true;
  signalGroup('SIGTERM');
  setTimeout(() => signalGroup('SIGKILL'), graceMs).unref();
};
const finish = (code) => {
  signalGroup('SIGKILL');
  if (stopping && removeFolder) {
    try {
      rmSync(removeFolder, { recursive: true, force: true, maxRetries: 5 });
      rmdirSync(dirname(removeFolder));
    } catch {}
  }
  process.exit(code);
};
for (const event of ['end', 'close', 'error']) process.stdin.on(event, stop);
process.stdin.setEncoding('utf8').on('data', (names) => names.trim().split('\\n').forEach(signalGroup));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, stop);
process.on('SIGINT', () => {});
child.on('error', (error) => { console.error(error.message); finish(127); });
child.on('exit', (code) => finish(code ?? 1));
`;
