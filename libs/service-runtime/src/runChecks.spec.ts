import { SyncError } from '@lockstep/change-events';
import { runChecks, runCommand } from './runChecks.ts';

const well = { name: 'kafka', ask: async () => ({ isWell: true, sentences: ['ok'] }) };
const failing = { name: 'mongodb', ask: () => Promise.reject(new SyncError('MONGODB_UNREACHABLE')) };

describe('checks', () => {
  it('go on after one that fails, and say each what it found', async () => {
    const lines: string[] = [];

    expect(await runChecks([failing, well], (line) => void lines.push(line))).toBe(false);
    expect(lines).toEqual([expect.stringMatching(/^mongodb {2}MONGODB_UNREACHABLE/), 'kafka  ok']);
    expect(await runChecks([well], () => undefined)).toBe(true);
  });

  it('hand on what has no code', async () => {
    const broken = { name: 'x', ask: () => Promise.reject(new TypeError('broken')) };

    await expect(runChecks([broken], () => undefined)).rejects.toThrow('broken');
  });
});

it('a word that is no command is refused, and nothing is begun', async () => {
  const commands = {
    ...{ service: 'test', settings: [] },
    run: () => Promise.reject(new Error('begun')),
    check: async () => true,
    register: async () => true,
  };

  await expect(runCommand(['chekc'], {}, commands)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    details: { chekc: 'is no command; there are check and register.' },
  });
});
