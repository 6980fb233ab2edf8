import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@lockstep/ports';
import { openRules } from './openRules.ts';
import type { Rules } from './readRules.ts';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-rules-'));
  file = join(folder, 'lockstep.yaml');
});
afterAll(() => rm(folder, { recursive: true }));

/** Puts one text after the other into the file, between two looks at it; `later` are what it says a moment after the first look at a text. */
async function follow(first: string, texts: readonly string[], later: Readonly<Record<string, string>> = {}) {
  await writeFile(file, first);
  const source = await openRules(file);
  const stop = new AbortController();
  const changed: Rules[] = [];
  const refused: (readonly string[])[] = [];
  let looks = 0;
  const sleep = async (ms: number): Promise<void> => {
    const written = later[texts[looks - 1] ?? ''];
    if (ms < 5000) return written === undefined ? undefined : writeFile(file, written);
    const text = texts[looks];
    looks += 1;
    if (text === undefined) stop.abort();
    else await writeFile(file, text);
  };
  const clock: Clock = { now: () => 0, monotonic: () => 0, sleep };
  const onChanged = (rules: Rules) => void changed.push(rules);
  await source.follow({ clock, onChanged, onRefused: (faults) => void refused.push(faults) }, stop.signal);

  return { source, changed, refused };
}

const fieldOf = ({ mapping }: Rules, name: string) => mapping.find(({ field }) => field === name);

describe('the file of rules', () => {
  it('is native where none is named', async () => {
    expect((await openRules(undefined)).current().matchByEmail).toBe(null);
  });

  it.each([
    [() => join(folder, 'absent.yaml'), /absent\.yaml cannot be read/],
    [() => file, /lockstep\.yaml:1:1 KEY_UNKNOWN person is unknown/],
  ])('stops the start when it is at fault (%#)', async (path, words) => {
    await writeFile(file, 'person: {}');

    await expect(openRules(path())).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { LOCKSTEP_FILE: expect.stringMatching(words) },
    });
  });

  it('takes effect when it changes, once', async () => {
    const text = 'persons: { fields: { fax: off } }';
    const { source, changed } = await follow('', [text, text, `${text} # the same`]);

    expect(changed).toHaveLength(1);
    expect(fieldOf(source.current(), 'fax')).toBeUndefined();
  });

  it('is refused once when a change is at fault, and the former one goes on', async () => {
    const { source, changed, refused } = await follow('persons: { fields: { fax: off } }', [
      'persons: { fields: { fax: of } }',
      'persons: { fields: { fax: of } }',
    ]);

    expect(changed).toEqual([]);
    expect(refused).toEqual([
      [expect.stringMatching(/VALUE_INVALID fax must be off or a map\. Did you mean off\?$/)],
    ]);
    expect(fieldOf(source.current(), 'fax')).toBeUndefined();
    expect(source.refused()).toEqual(refused[0]);
  });

  it('is refused no longer once it says again what is in force', async () => {
    const text = 'persons: { fields: { fax: off } }';
    const { source, refused } = await follow(text, ['persons: { fields: { fax: of } }', text]);

    expect(refused).toHaveLength(1);
    expect(source.refused()).toEqual([]);
  });

  it('does not count while it is being written', async () => {
    const text = 'persons: { fields: { fax: off } }';
    const { source, changed, refused } = await follow(text, ['', 'persons: {', text], {
      '': 'persons: { fields: { fax: o',
      'persons: {': text,
    });

    expect([changed, refused]).toEqual([[], []]);
    expect(fieldOf(source.current(), 'fax')).toBeUndefined();
  });
});
