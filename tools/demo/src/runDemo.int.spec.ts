import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DemoResult } from './report.ts';
import { runDemo } from './runDemo.ts';
import { buildServices, type Bundles } from './serviceBundles.ts';

const timeoutMs = 180_000;

describe('the demo', () => {
  let folder = '';
  let bundles: Bundles;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-demo-spec-'));
    bundles = await buildServices(new AbortController().signal);
  }, timeoutMs);

  afterAll(async () => rm(folder, { recursive: true, force: true }));

  async function run(
    bundlesToRun: Bundles,
    peopleFile?: string,
  ): Promise<{ code: number; result: DemoResult; lines: string[] }> {
    const lines: string[] = [];
    const jsonFile = join(folder, 'result.json');
    const code = await runDemo(
      {
        size: 60,
        seed: 7,
        once: true,
        against: 'local',
        jsonFile,
        bundles: bundlesToRun,
        ...(peopleFile && { peopleFile }),
      },
      { print: (line) => lines.push(line), isTerminal: false, signal: new AbortController().signal, env: {} },
    );
    return { code, lines, result: JSON.parse(await readFile(jsonFile, 'utf8')) as DemoResult };
  }

  it(
    'ends with both sides in step, people of a file included, every step seen and each conflict explained',
    async () => {
      const peopleFile = join(folder, 'people.csv');
      await writeFile(
        peopleFile,
        'Last name,Email,Type\nLovelace,ada@example.com,lead\nŻak,,contact\nX,x,lead\n',
      );
      const { code, result, lines } = await run(bundles, peopleFile);
      expect(lines).toContain(
        'PEOPLE_FILE_ROW line 4: emailaddress1 is not an email address that Marketo takes',
      );
      expect(result.failures).toEqual([]);
      expect(code).toBe(0);
      expect(result).toMatchObject({ differences: 0, unexpected: 0, linkedPairs: 61, ok: true });
      expect(lines.filter((line) => line.includes('rule marketo-wins-for-leads'))).toHaveLength(1);
      expect(lines.filter((line) => line.includes('rule dynamics-wins-for-contacts'))).toHaveLength(1);
    },
    timeoutMs,
  );

  it(
    'exits 1 and names the field when one row of the mapping is wrong',
    async () => {
      // The row as the bundle spells it; a changed spelling must fail this test, not pass it.
      const row = 'row("mobilePhone", "mobilephone", "mobilePhone")';
      const broken = 'row("mobilePhone", "telephone2", "mobilePhone")';
      const source = await readFile(bundles.reconciler, 'utf8');
      expect(source.split(row)).toHaveLength(2);
      const reconciler = join(folder, 'brokenReconciler.mjs');
      await writeFile(reconciler, source.replace(row, broken));
      const { code, result } = await run({ ...bundles, reconciler });
      expect(code).toBe(1);
      expect(result.differences).toBeGreaterThan(0);
      expect(result.failures.join('\n')).toContain('mobilephone (mobilePhone) in Marketo');
    },
    timeoutMs,
  );
});
