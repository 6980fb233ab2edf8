import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchReport } from './benchReport.ts';
import { measure } from './measure.ts';
import { runBench, suiteNames } from './runBench.ts';

const tiny = { rounds: 1, roundMs: 1 };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-bench-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(suite: string, options: Partial<Parameters<typeof runBench>[1]>) {
  const lines: string[] = [];
  const jsonFile = join(folder, 'bench.json');
  const code = await runBench(suite, { ...tiny, jsonFile, ...options }, (line) => lines.push(line));
  return { code, text: lines.join('\n'), jsonFile };
}

describe('the bench runner', () => {
  it('writes the codec suite as shares of ceilings of the same run', async () => {
    const { code, text, jsonFile } = await run('codec', { ceilingMin: 1 });
    const report = JSON.parse(await readFile(jsonFile, 'utf8')) as BenchReport;

    expect(code).toBe(0);
    expect(text).toContain('encode');
    expect(report).toMatchObject({ suite: 'codec', machine: { node: process.version } });
    expect(report.results.map(({ name }) => name)).toEqual(expect.arrayContaining(['encode', 'decode']));
    for (const { value, ceiling, share, unit } of report.results) {
      expect(unit).toBe('events/s');
      expect(value).toBeGreaterThan(0);
      expect(share / (value / ceiling)).toBeCloseTo(1, 1);
    }
  });

  it('loads an emulator of its own and writes how fast its pages are and what its rows weigh', async () => {
    const { code, jsonFile } = await run('emulator', { ceilingMin: 1, rows: 1_200 });
    const { results } = JSON.parse(await readFile(jsonFile, 'utf8')) as BenchReport;

    expect(code).toBe(0);
    expect(results.map(({ name, unit }) => `${name} ${unit}`)).toEqual([
      'warm pages, rows rows/s',
      'cold pages, rows rows/s',
      'generated, to compare rows/s',
      'RSS with 1,200 leads, pages cached MiB',
      'RSS per 100,000 leads, before any read MiB',
    ]);
    for (const { value } of results.slice(0, 4)) expect(value).toBeGreaterThan(0);
  });

  it('refuses a run whose ceiling is below the minimum, and writes nothing', async () => {
    const { code, text, jsonFile } = await run('codec', { ceilingMin: 1e12 });

    expect(code).toBe(1);
    expect(text).toContain('INVALID');
    expect(text).toContain('encode: the ceiling is');
    expect(existsSync(jsonFile)).toBe(false);
  });

  it('names the suites there are when asked for another', async () => {
    const { code, text } = await run('nothing', {});

    expect([code, text]).toEqual([2, `there is no suite nothing; there are: ${suiteNames.join(', ')}`]);
  });
});

describe('a measurement', () => {
  it('lets subject and ceiling take turns and counts neither side’s first round', async () => {
    const turns: string[] = [];
    const batch = (name: string) => () => {
      turns.push(name);
      return turns.length <= 2 ? 1e15 : 1;
    };
    const contest = {
      name: 'a',
      unit: 'b',
      ceilingMin: 0,
      subject: batch('subject'),
      ceiling: batch('ceiling'),
    };
    const { value } = await measure(contest, { rounds: 2, roundMs: 0 });

    expect(turns).toEqual(['subject', 'ceiling', 'subject', 'ceiling', 'subject', 'ceiling']);
    expect(value).toBeLessThan(1e12);
  });
});
