import { runDemo } from './runDemo.ts';

it('refuses a file for the result that cannot be written, before anything is started', async () => {
  const lines: string[] = [];
  const options = {
    size: 30,
    seed: 1,
    once: true,
    against: 'local',
    jsonFile: '/no/such/folder/r.json',
  } as const;
  const signal = AbortSignal.abort(new Error('started'));

  await expect(
    runDemo(options, { print: (line) => lines.push(line), isTerminal: false, signal, env: {} }),
  ).rejects.toThrow('DEMO_JSON: /no/such/folder/r.json cannot be written (ENOENT)');
  expect(lines).toEqual([]);
});
