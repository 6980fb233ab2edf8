import { personFields, topics, type ChangeEvent } from '@lockstep/change-events';
import { createMarketo } from '@lockstep/marketo';
import { startMarketoEmulator } from '@lockstep/marketo-emulator';
import { openNotifier, type Notifier } from '@lockstep/pipelines';
import { inMemoryEventLog, type FeedRow } from '@lockstep/ports';

type Json = Readonly<Record<string, unknown>>;

const minuteMs = 60_000;
const leads = topics.marketingChanges('lead');

/** A clock of the emulator and of the reader that stands still until it is moved. */
function movingClock() {
  let nowMs = Date.UTC(2026, 0, 1);
  const advance = (elapsedMs: number): void => void (nowMs += elapsedMs);

  return {
    advance,
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: (durationMs: number) => Promise.resolve(advance(durationMs)),
  };
}

/** The reader of the feeds over HTTP to an emulated Marketo. */
async function open() {
  const clock = movingClock();
  const emulator = await startMarketoEmulator({ control: true, now: clock.now });
  const feedField = 'lockstepRequest';
  const marketo = createMarketo({ ...emulator, fields: personFields, feedField, share: 1, clock });
  const log = inMemoryEventLog();
  const control = async (path: string, body: Json): Promise<Json> => {
    const answer = await fetch(`${emulator.url}/_control/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);

    return (await answer.json()) as Json;
  };
  await control('settings', { latencyMs: 0 });
  await control('fields', { fields: [{ name: feedField, dataType: 'string' }] });
  const asked: FeedRow[] = [];
  const settle = async (reader: Notifier): Promise<void> => {
    for (let steps = 0; steps < 100; steps += 1)
      if ((await reader.step(new AbortController().signal)).idleMs > 0) return;
    throw new Error('the reader does not come to rest');
  };

  return {
    clock,
    control,
    settle,
    /** New persons, as many as there are names; their ids. */
    async seed(...names: string[]): Promise<readonly string[]> {
      const { ids } = await control('persons', { persons: names.map((lastName) => ({ lastName })) });

      return (ids as readonly number[]).map(String);
    },
    /** What is logged from now on shows up five minutes late, behind the places that were read meanwhile; or as usual again. */
    log: async (how: 'late' | 'as usual') =>
      void (await control('settings', {
        ...{ lateActivityEvery: how === 'late' ? 1 : 0, lateActivityMs: 5 * minuteMs },
        lateActivityKeepsId: true,
      })),
    /** A reader that has read what is there. */
    async read(): Promise<Notifier> {
      const reader = await openNotifier({
        ...{ people: marketo.lane('FRESH'), log, clock, lease: { isHeld: () => true } },
        ...{ pollIntervalMinMs: 5_000, pollIntervalMaxMs: minuteMs, deletedIntervalMs: 5 * minuteMs },
        requests: { field: feedField, accept: async (rows) => void asked.push(...rows) },
      });
      await settle(reader);

      return reader;
    },
    /** What was taken from the request field. */
    asked: () => asked.map(({ personId, newValue }) => [personId, newValue]),
    told: (id: string): readonly ChangeEvent[] =>
      log
        .messages(leads)
        .filter(({ key, value }) => key === id && value !== null)
        .map(({ value }) => value as ChangeEvent),
    async close() {
      await marketo.close();
      await emulator.close();
    },
  };
}

type Setting = Awaited<ReturnType<typeof open>>;

async function withReader(use: (setting: Setting) => Promise<void>): Promise<void> {
  const setting = await open();
  try {
    await use(setting);
  } finally {
    await setting.close();
  }
}

/** An edit of one person that is logged late, and one of the next, read by the reader at once. */
async function passALateEdit(
  { control, log, settle, clock }: Setting,
  { reader, late, next }: { readonly reader: Notifier; readonly late: string; readonly next: string },
): Promise<void> {
  await log('late');
  await control('edits', { id: Number(late), fields: { city: 'Ulm' } });
  await log('as usual');
  clock.advance(2_000);
  await control('edits', { id: Number(next), fields: { city: 'Bonn' } });
  await settle(reader);
}

const operations = (events: readonly ChangeEvent[]) => events.map(({ operation }) => operation);

// A place in the feed that was passed is never read again: an edit that Marketo logs late would stay unknown until the person changes once more.
describe('a row that shows up behind the place of the reader', () => {
  it('is found while the reader runs, with its evidence, and told once', () =>
    withReader(async (setting) => {
      const { clock, seed, read, settle, told } = setting;
      const [late = '', next = ''] = await seed('One', 'Two');
      const reader = await read();
      await passALateEdit(setting, { reader, late, next });
      clock.advance(5 * minuteMs);
      await settle(reader);
      expect(operations(told(late))).toEqual(['SNAPSHOT']);

      for (let minutes = 0; minutes < 25; minutes += 1) {
        clock.advance(minuteMs);
        await settle(reader);
      }

      expect(told(late)).toHaveLength(2);
      expect(told(late)[1]).toMatchObject({
        operation: 'UPSERT',
        lane: 'LIVE',
        fields: { city: 'Ulm' },
        evidence: { rows: [{ field: 'city', oldValue: null, newValue: 'Ulm' }] },
      });
      expect(operations(told(next))).toEqual(['SNAPSHOT', 'UPSERT']);
    }));

  it('is found at the next start, when it shows up while nobody reads', () =>
    withReader(async (setting) => {
      const { clock, seed, read, told } = setting;
      const [late = '', next = ''] = await seed('One', 'Two');
      const reader = await read();
      await passALateEdit(setting, { reader, late, next });
      await reader.close();
      clock.advance(6 * minuteMs);
      await read();

      expect(told(late).at(-1)).toMatchObject({ operation: 'UPSERT', fields: { city: 'Ulm' } });
    }));

  it('is found when it is a request of a marketer, and asks for it once', () =>
    withReader(async ({ clock, control, log, seed, read, settle, asked, told }) => {
      const [late = '', next = ''] = await seed('One', 'Two');
      const reader = await read();
      await log('late');
      await control('edits', { id: Number(late), fields: { lockstepRequest: 'sync' } });
      await log('as usual');
      clock.advance(2_000);
      await control('edits', { id: Number(next), fields: { lockstepRequest: 'sync; as=contact' } });
      await settle(reader);
      expect(asked()).toEqual([[next, 'sync; as=contact']]);

      for (let minutes = 0; minutes < 30; minutes += 1) {
        clock.advance(minuteMs);
        await settle(reader);
      }

      expect(asked()).toEqual([
        [next, 'sync; as=contact'],
        [late, 'sync'],
      ]);
      expect(operations(told(late))).toEqual(['SNAPSHOT']);
    }));

  it('is found when it is of a delete or of a merge', () =>
    withReader(async ({ clock, control, log, seed, read, settle, told }) => {
      const [gone = '', winner = '', loser = '', other = ''] = await seed('One', 'Two', 'Three', 'Four');
      const reader = await read();
      await log('late');
      await control('deletes', { id: Number(gone) });
      await control('merges', { winner: Number(winner), losers: [Number(loser)] });
      await log('as usual');
      await control('edits', { id: Number(other), fields: { city: 'Bonn' } });
      clock.advance(5 * minuteMs);
      await settle(reader);
      clock.advance(5 * minuteMs);
      await settle(reader);

      expect(operations(told(gone))).toEqual(['SNAPSHOT', 'DELETE']);
      expect(told(loser)).toMatchObject([
        { operation: 'SNAPSHOT' },
        { operation: 'MERGE', mergedInto: winner },
      ]);
    }));
});
