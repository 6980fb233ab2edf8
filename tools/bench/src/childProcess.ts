import { fork, type ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleInto, makeRunFolder } from '@lockstep/testing';

/** A source file that runs, bundled as our services are, in a process of its own and printed `NAME=value` lines when it was ready. */
export type Child = {
  readonly values: Readonly<Record<string, string>>;
  /** Sends a message and resolves with the next one that comes back; one at a time. */
  ask(question: object): Promise<unknown>;
  stop(): Promise<void>;
};

export type ChildOptions = {
  /** From the root of the work tree. */
  readonly file: string;
  /** Sources that are bundled beside it, by their names. */
  readonly beside?: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** The child is ready when it has printed a line with this name. */
  readonly lastName: string;
  /** What its heap may hold; what Node chooses, as for our services, unless said otherwise. */
  readonly heapMaxMib?: number;
};

/** Runs in the child before its own code: it ends with us, also when we are killed. */
const endWithParent = `process.once('disconnect', () => process.exit(1))`;

const endFlags = ['--import', `data:text/javascript,${encodeURIComponent(endWithParent)}`];

async function readValues(child: ChildProcess, lastName: string): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  for await (const line of lines) {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) values[name] = value;
    if (name === lastName) break;
  }
  if (values[lastName] === undefined) throw new Error(`the process ended before it printed ${lastName}`);
  return values;
}

/** Starts a child and waits until it is ready. Rejects when it ends before that. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { file, environment, lastName, heapMaxMib } = options;
  const heapFlags = heapMaxMib === undefined ? [] : [`--max-old-space-size=${heapMaxMib}`];
  const folder = await makeRunFolder();
  await bundleInto(folder, { main: file, ...options.beside });
  const child = fork(join(folder, 'main.mjs'), [], {
    execArgv: ['--enable-source-maps', ...endFlags, ...heapFlags],
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve())).then(() =>
    rm(folder, { recursive: true, force: true }),
  );
  const stop = async (): Promise<void> => {
    child.kill();
    // The channel alone keeps a child alive that closes its server and waits for its event loop to be empty.
    if (child.connected) child.disconnect();
    await exited;
  };
  const ask = (question: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const fail = () => reject(new Error('the process ended before it answered'));
      child.once('exit', fail);
      child.once('message', (answer) => {
        child.off('exit', fail);
        resolve(answer);
      });
      child.send(question);
    });
  try {
    return { values: await readValues(child, lastName), ask, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
