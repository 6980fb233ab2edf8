import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Command } from 'commander';
import { createProgram } from './createProgram.ts';

const quiet = () => undefined;

const nobody = 'http://127.0.0.1:1';
const env = { KAFKA_BROKERS: '127.0.0.1:1', SCHEMA_REGISTRY_URL: nobody, LOCKSTEP_API_URL: nobody };

function silence(command: Command): void {
  command.configureOutput({ writeOut: quiet, writeErr: quiet });
  command.commands.forEach(silence);
}

/** What a command line that is given up before anything is asked ends with. */
async function endOf(...words: string[]): Promise<unknown> {
  const program = createProgram(env, quiet, (code) => {
    throw Object.assign(new Error('exit'), { code });
  });
  silence(program);

  return program.parseAsync(words, { from: 'user' }).then(quiet, (error: unknown) => error);
}

describe('the command line', () => {
  it.each([
    'paus dynamics/lead',
    'pause',
    'pause dynamics/lead --timeot 3',
    'pause dynamics/lead --wait --timeout soon',
    'pause dynamics/lead --wait --timeout 0',
    'topics plan --only nothing',
    'rehearse',
    'review join g',
    'undo g --decision d --field f',
  ])('ends with 2 for arguments that are not as they should be: %s', async (line) => {
    expect(await endOf(...line.split(' '))).toMatchObject({ code: 2 });
  });

  it('ends with 0 after help', async () => {
    expect(await endOf('review', '--help')).toMatchObject({ code: 0 });
  });

  it.each([
    ['resync', 'resync'],
    ['resync dynamics/lead --record g', 'resync'],
    ['resync --record g --rows marketo/person/7', 'resync'],
    ['resync dynamics/lead --from dynamics', '--from'],
    ['resync --rows @/nowhere/rows', '--rows'],
    ['confirm reconciler/to-marketo', 'target'],
  ])('names what is wrong before anything is asked: %s', async (line, name) => {
    expect(await endOf(...line.split(' '))).toMatchObject({
      code: 'CONFIG_INVALID',
      details: { [name]: expect.any(String) as unknown },
    });
  });

  // A visitor of a web page chooses what Marketo calls him, and the operator's terminal would obey it.
  it('prints no command to the terminal that a value or an answer holds', async () => {
    const person = { goldenId: 'g', rows: [], fields: { firstName: '\u001b[2JAnn' } };
    const page = { reviews: [{ ...person, since: '', troubles: [], candidates: [] }], next: null };
    const api = createServer((_, response) => response.end(JSON.stringify(page))).listen(0, '127.0.0.1');
    await once(api, 'listening');
    const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const lines: string[] = [];
    const program = createProgram({ LOCKSTEP_API_URL: url }, (line) => lines.push(line));
    await program.parseAsync(['review', 'list'], { from: 'user' });
    api.close();

    expect(lines).toEqual([expect.stringContaining('firstName=\\u001b[2JAnn')]);
  });

  it('ends in silence when nobody reads any more', async () => {
    const record = { goldenId: 'a', kind: 'lead', rows: [], since: '', troubles: [] };
    const endless = createServer((_, response) =>
      response.end(JSON.stringify({ records: [record], next: 'a' })),
    ).listen(0, '127.0.0.1');
    await once(endless, 'listening');
    const url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`;
    const flags = ['--import', 'tsx', '--conditions=@lockstep/source', join(__dirname, 'main.ts')];
    const child = spawn(process.execPath, [...flags, 'errors', '--list'], {
      env: { LOCKSTEP_API_URL: url },
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));

    expect(await once(child, 'close')).toEqual([141, null]);
    expect(stderr).toBe('');
    endless.closeAllConnections();
    endless.close();
  }, 60_000);
});
