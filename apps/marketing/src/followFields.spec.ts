import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FieldDefinition } from '@lockstep/change-events';
import { marketoFields, openRules } from '@lockstep/rules';
import { createLogger } from '@lockstep/service-runtime';
import { watchFields } from './followFields.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-fields-'));
});
afterAll(() => rm(folder, { recursive: true }));

const colour = 'persons: { fields: { colour: { lead: new_colour, marketo: colour } } }';

/** A watch over a file; `turn` lets its sleeps end once, `refused` counts definitions that the registry refuses at first. */
async function watchOf({ refused = 0 } = {}) {
  const file = join(folder, 'lockstep.yaml');
  await writeFile(file, '');
  const read: (readonly FieldDefinition[])[] = [];
  const defined: string[] = [];
  let refusals = refused;
  const define = async (topic: string): Promise<void> => {
    if (refusals-- > 0) throw new Error('refused');
    defined.push(topic);
  };
  const waking = new Set<() => void>();
  const clock = {
    now: Date.now,
    monotonic: Date.now,
    // The look that makes sure of a change follows at once.
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (ms < 5000) return resolve();
        waking.add(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
  const turn = async (): Promise<void> => {
    const all = [...waking];
    waking.clear();
    for (const wake of all) wake();
    await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const marketo = { readFields: (fields: readonly FieldDefinition[]) => void read.push(fields) };
  const log = createLogger({ level: 'error', service: 'spec' });
  const rules = await openRules(file);
  const watch = watchFields(
    { rules, marketo, codec: { define }, clock, log },
    marketoFields(rules.current()),
  );

  return { watch, read, defined, turn, rule: (text: string) => writeFile(file, text) };
}

const isKnown = (fields: readonly FieldDefinition[] = []) => fields.some(({ name }) => name === 'colour');

/** Serves until the signal each time, and notes by which fields. */
function serveWith(watch: Awaited<ReturnType<typeof watchOf>>['watch']) {
  const stop = new AbortController();
  const served: (readonly FieldDefinition[])[] = [];
  const serve = async (fields: readonly FieldDefinition[], signal: AbortSignal): Promise<void> => {
    served.push(fields);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  };
  const ended = Promise.all([watch.follow(stop.signal), watch.serve(serve, stop.signal)]);

  return { served, end: () => (stop.abort(), ended) };
}

describe('the fields that are read of persons', () => {
  it('are those of a changed file, once its topics know them, and what serves begins anew with them', async () => {
    const { watch, read, defined, turn, rule } = await watchOf();
    const { served, end } = serveWith(watch);
    await rule(colour);
    await turn();
    await turn();

    expect(served.map(isKnown)).toEqual([false, true]);
    expect(read.map(isKnown)).toEqual([true]);
    expect(defined).toEqual(['marketing.lead.changes', 'marketing.contact.changes']);
    await end();
  });

  it('stay as they are while the registry refuses others, and for a change that is about something else', async () => {
    const { watch, turn, rule } = await watchOf({ refused: 1 });
    const { served, end } = serveWith(watch);
    await rule('persons: { matchByEmail: true }');
    await turn();
    await turn();
    await rule(colour);
    await turn();
    await turn();
    expect(served.map(isKnown)).toEqual([false]);

    await turn();
    await turn();
    expect(served.map(isKnown)).toEqual([false, true]);
    await end();
  });
});
