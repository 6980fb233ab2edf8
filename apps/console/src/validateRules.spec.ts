import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgram } from './createProgram.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-validate-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  process.exitCode = 0;
});

async function validate(
  ...args: readonly string[]
): Promise<{ readonly lines: string[]; readonly code: unknown }> {
  const lines: string[] = [];
  process.exitCode = 0;
  const program = createProgram({}, (line) => lines.push(line));
  await program.parseAsync(['node', 'lockstep', 'validate', ...args]);

  return { lines, code: process.exitCode };
}

async function fileWith(text: string): Promise<string> {
  const file = join(folder, 'lockstep.yaml');
  await writeFile(file, text);

  return file;
}

describe('lockstep validate', () => {
  it('names every fault with file, line, column and the nearest name, and exits 1', async () => {
    const file = await fileWith(
      'persons:\n  fields:\n    jobtitel: off\n    fax: { direction: to-marketto }\n',
    );

    expect(await validate(file)).toEqual({
      code: 1,
      lines: [
        `${file}:4:23 VALUE_INVALID direction must be one of both, to-marketo, to-dynamics. Did you mean to-marketo?`,
      ],
    });
    await writeFile(file, 'persons:\n  fields:\n    jobtitel: off\n');
    expect((await validate(file)).lines).toEqual([
      `${file}:3:5 FIELD_UNKNOWN jobtitel is no field of the mapping. Did you mean jobTitle?`,
    ]);
  });

  it('says the hash of a file that is in order', async () => {
    const file = await fileWith('persons: { fields: { fax: off } }\n');

    expect(await validate(file)).toEqual({
      code: 0,
      lines: [expect.stringMatching(/lockstep\.yaml is in order: \d+ fields, hash [0-9a-f]{64}\.$/)],
    });
  });

  it('prints the schema that docs hold for editors', async () => {
    const { lines } = await validate('--schema');
    const held = await readFile(join(__dirname, '../../../docs/lockstep.schema.json'), 'utf8');

    expect(JSON.parse(lines.join('\n'))).toEqual(JSON.parse(held));
  });
});
