import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A source file that runs in a process of its own and printed `NAME=value` lines when it was ready. */
export type Child = {
  readonly values: Readonly<Record<string, string>>;
  /** Sends a message and resolves with the next one that comes back; one at a time. */
  ask(question: object): Promise<unknown>;
  stop(): Promise<void>;
};

export type ChildOptions = {
  /** From the root of the work tree. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The child is ready when it has printed a line with this name. */
  readonly lastName: string;
};

/** Runs in the child before its own code: it ends with us, also when we are killed. */
const endWithParent = `process.once('disconnect', () => process.exit(1))`;

const flags = [
  '--import',
  `data:text/javascript,${encodeURIComponent(endWithParent)}`,
  '--import',
  'tsx',
  '--conditions=@lockstep/source',
  '--max-old-space-size=6144',
];

function findWorkspace(from = process.cwd()): string {
  if (existsSync(join(from, 'nx.json'))) return from;
  if (dirname(from) === from) throw new Error('run this inside the work tree of Lockstep');
  return findWorkspace(dirname(from));
}

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
export async function startChild({ file, environment, lastName }: ChildOptions): Promise<Child> {
  const child = fork(join(findWorkspace(), file), [], {
    execArgv: flags,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
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
