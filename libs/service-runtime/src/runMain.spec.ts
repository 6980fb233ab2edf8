import { spawn } from 'node:child_process';
import { once } from 'node:events';

const imports = `
  import { createLifecycle, createLogger, parseSettings, runMain, startHealthServer, createMetrics }
    from '@lockstep/service-runtime';
  import { SyncError } from '@lockstep/change-events';
  import { once } from 'node:events';
`;

type Ended = { code: number | null; stdout: string; stderr: string };

/** Runs a program as a process of its own; `onOutput` may send it signals. */
async function runProgram(
  program: string,
  onOutput: (text: string, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
): Promise<Ended> {
  const flags = ['--import', 'tsx', '--conditions=@lockstep/source', '--input-type=module'];
  const child = spawn(process.execPath, [...flags, '-e', imports + program], { cwd: __dirname });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    onOutput(chunk.toString(), (signal) => child.kill(signal));
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];

  return { code, stdout, stderr };
}

const service = (close: string) => `
  await runMain(async () => {
    const log = createLogger({ service: 'extractor', level: 'info' });
    const lifecycle = createLifecycle({ log });
    await lifecycle.run(async (signal) => {
      const { registry } = createMetrics('extractor');
      const health = await startHealthServer({ port: 0, host: '127.0.0.1', checks: () => [], registry });
      lifecycle.opened('health', health.close);
      lifecycle.opened('broker', ${close});
      log.info({}, 'Up.');
      await once(signal, 'abort');
    });
  });
`;

describe('runMain', () => {
  it('exits 2 and prints one line per fault when the configuration is wrong', async () => {
    const { code, stderr, stdout } = await runProgram(`
      const settings = [
        { name: 'KAFKA_BROKERS', description: 'Where Kafka is.', kind: 'list', required: true },
        { name: 'PORT', description: 'Port.', kind: 'integer' },
      ];
      await runMain(async () => void parseSettings(settings, { PORT: 'x' }));
    `);

    expect(stderr).toBe('KAFKA_BROKERS is missing. Where Kafka is.\nPORT must be a whole number.\n');
    expect([code, stdout]).toEqual([2, '']);
  }, 30_000);

  it('prints no command to the terminal that a detail holds', async () => {
    const { stderr } = await runProgram(`
      await runMain(async () => { throw new SyncError('RECORD_UNKNOWN', { detail: '\\u001b[2Jg' }); });
    `);

    expect(stderr).toContain('detail=\\u001b[2Jg');
  }, 30_000);

  it('exits 1 with code and sentence on any other failure of ours', async () => {
    const { code, stderr } = await runProgram(`
      await runMain(async () => { throw new SyncError('TOPIC_MISSING', { topic: 'lockstep.inbox' }); });
    `);

    expect(stderr).toMatch(/^TOPIC_MISSING: A topic does not exist.* topic=lockstep\.inbox\n$/);
    expect(code).toBe(1);
  }, 30_000);

  it('exits 1 on an unforeseen failure, also outside the main function, and prints no foreign message', async () => {
    const { code, stderr } = await runProgram(`
      await runMain(() => new Promise(() => {
        setTimeout(() => { Promise.reject(new Error('ann@example.org')); }, 1);
      }));
    `);

    expect(stderr).toMatch(/^INTERNAL: A state that must not occur.* Error\n {4}at /);
    expect(stderr).not.toContain('ann@example.org');
    expect(code).toBe(1);
  }, 30_000);

  it('exits 0 after Ctrl-C once everything is closed', async () => {
    const { code, stderr, stdout } = await runProgram(
      service(`() => log.info({}, 'Closed.')`),
      (text, kill) => text.includes('Up.') && kill('SIGINT'),
    );

    expect(stdout.match(/Up\.|Stopping\.|Closed\./g)).toEqual(['Up.', 'Stopping.', 'Closed.']);
    expect([code, stderr]).toEqual([0, '']);
  }, 30_000);

  it('exits 1 on a second Ctrl-C while something hangs', async () => {
    const { code, stdout } = await runProgram(service('() => new Promise(() => {})'), (text, kill) => {
      if (text.includes('Up.')) kill('SIGINT');
      if (text.includes('Stopping.')) setTimeout(() => kill('SIGINT'), 500);
    });

    expect(stdout).toContain('Stopping at once');
    expect(code).toBe(1);
  }, 30_000);
});
