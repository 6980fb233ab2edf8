import { personFields, type ScalarValues } from '@lockstep/change-events';
import { startMarketoEmulator, type MarketoEmulator } from '@lockstep/marketo-emulator';
import {
  callBudgetContract,
  marketoContract,
  visitType,
  type CallLane,
  type Clock,
  type MarketoHuman,
  type MarketoObjects,
  type MarketoPeople,
} from '@lockstep/ports';
import { emulatedHuman } from './emulatedHuman.ts';
import { createMarketo, type Marketo, type MarketoOptions } from './createMarketo.ts';

type Json = Readonly<Record<string, unknown>>;
type Call = { readonly path: string; readonly codes?: readonly string[]; readonly error?: unknown };

type Stage = {
  readonly people: MarketoPeople;
  readonly objects: MarketoObjects;
  readonly marketo: Marketo;
  readonly emulator: MarketoEmulator;
  readonly human: MarketoHuman;
  readonly clock: Clock & { readonly sleeps: readonly number[] };
  control(method: string, path: string, body?: Json): Promise<Json>;
  open(options?: Partial<MarketoOptions>): MarketoPeople;
  prepareVisits(): Promise<void>;
  close(): Promise<void>;
};

/** A clock that jumps instead of sleeping, shared with the emulator so that its windows pass as fast. */
function jumpingClock(): Stage['clock'] {
  let nowMs = Date.UTC(2026, 0, 1);
  const sleeps: number[] = [];

  return {
    sleeps,
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: async (durationMs) => {
      sleeps.push(durationMs);
      nowMs += durationMs;
    },
  };
}

async function startStage(): Promise<Stage> {
  const clock = jumpingClock();
  const emulator = await startMarketoEmulator({ control: true, now: () => clock.now() });
  const control = async (method: string, path: string, body?: Json): Promise<Json> => {
    const answer = await fetch(`${emulator.url}/_control/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);

    return (await answer.json()) as Json;
  };
  await control('POST', 'settings', { latencyMs: 0, raceWindowMs: 0 });
  const opened: Marketo[] = [];
  const openMarketo = (options: Partial<MarketoOptions> = {}): Marketo => {
    const marketo = createMarketo({
      ...emulator,
      fields: personFields,
      requestTimeoutMs: 5000,
      clock,
      ...options,
    });
    opened.push(marketo);

    return marketo;
  };
  const open = (options?: Partial<MarketoOptions>) => openMarketo(options).lane('FRESH');
  const marketo = openMarketo();

  return {
    people: marketo.lane('FRESH'),
    objects: marketo.objects('FRESH'),
    marketo,
    emulator,
    clock,
    control,
    open,
    human: emulatedHuman(control),
    prepareVisits: async () => void (await marketo.setup.prepareType(visitType)),
    close: async () => {
      await Promise.all(opened.map((each) => each.close()));
      await emulator.close();
    },
  };
}

describe('Marketo over the REST API', () => {
  marketoContract(startStage);
});

describe('Marketo over the REST API with short and empty feed pages', () => {
  marketoContract(async () => {
    const stage = await startStage();
    await stage.control('POST', 'settings', { shortPages: true, scanBlockSize: 1, looseFieldFilter: true });

    return stage;
  });
});

describe('the Marketo adapter', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await startStage();
  });
  afterEach(() => stage.close());

  const arm = (action: Json, times = 1, match: Json = {}) =>
    stage.control('POST', 'faults', { action, times, match: { path: '^/rest', ...match } });
  const calls = async (): Promise<readonly Call[]> => {
    const { calls: logged } = await stage.control('GET', 'calls');

    return logged as readonly Call[];
  };
  const write = (input: readonly ScalarValues[] = [{ lockstepId: 'g-1', lastName: 'Reed' }]) =>
    stage.people.upsert({ action: 'createOrUpdate', lookupField: 'lockstepId', input });
  const stored = async () => (await stage.people.findPersons('lockstepId', ['g-1'])).length;

  it.each(['601', '602'])(
    'renews its token once when a call is answered %s, also for a write',
    async (code) => {
      await arm({ kind: 'envelope', code });

      expect(await write()).toMatchObject([{ result: 'CREATED' }]);
      expect(await calls()).toHaveLength(2);
    },
  );

  it('goes on when its token was revoked', async () => {
    await write();
    await stage.control('DELETE', 'tokens');

    expect(await stored()).toBe(1);
  });

  it('waits for the next token when the current one is about to roll over', async () => {
    await stage.control('POST', 'settings', { tokenLifetimeSeconds: 0 });
    const reading = stage.people.findPersons('id', ['1']).catch((error: unknown) => error);

    expect(await reading).toMatchObject({ code: 'MARKETO_BUSY' });
    expect(stage.clock.sleeps.length).toBeGreaterThanOrEqual(3);
  });

  it('reports refused credentials', async () => {
    const people = stage.open({ clientSecret: 'wrong' });

    await expect(people.openFeed(0)).rejects.toMatchObject({ code: 'MARKETO_CREDENTIALS' });
  });

  it.each(['502', '604', '606', '608', '611', '615', '713'])('repeats a read after %s', async (code) => {
    await arm({ kind: 'envelope', code });

    expect(await stage.people.findPersons('id', ['1'])).toEqual([]);
    expect(await calls()).toHaveLength(2);
  });

  it.each([
    ['an answer that is cut off', { kind: 'truncate' }],
    ['a cut connection', { kind: 'drop' }],
    ['a failing gateway', { kind: 'status', status: 502 }],
  ])('repeats a read after %s', async (_name, action) => {
    await arm(action);

    expect(await stage.people.findPersons('id', ['1'])).toEqual([]);
  });

  it.each([
    ['604', 'MARKETO_UNREACHABLE'],
    ['608', 'MARKETO_BUSY'],
  ])('gives up a read that is answered %s again and again', async (marketoCode, code) => {
    await arm({ kind: 'envelope', code: marketoCode }, 10);

    await expect(stage.people.findPersons('id', ['1'])).rejects.toMatchObject({
      code,
      details: { marketoCode },
    });
    expect(await calls()).toHaveLength(3);
  });

  it.each([
    ['a 604', { kind: 'commitThenEnvelope', code: '604' }, 1],
    ['a 502', { kind: 'commitThenEnvelope', code: '502' }, 1],
    ['a 611', { kind: 'commitThenEnvelope', code: '611' }, 1],
    ['a cut connection', { kind: 'commitThenDrop' }, 1],
    ['an answer that is cut off', { kind: 'truncate' }, 1],
    ['a cut connection before the commit', { kind: 'drop' }, 0],
    ['a failing gateway', { kind: 'status', status: 502 }, 0],
  ])(
    'does not claim an outcome for a write after %s, and does not repeat it',
    async (_name, action, written) => {
      await arm(action, 1, { method: 'POST' });

      await expect(write()).rejects.toMatchObject({ code: 'MARKETO_OUTCOME_UNKNOWN' });
      expect(await stored()).toBe(written);
      expect((await calls()).filter(({ path }) => path.endsWith('/leads.json'))).toHaveLength(1);
    },
  );

  it.each(['606', '615'])('repeats a write that Marketo did not begin (%s)', async (code) => {
    await arm({ kind: 'envelope', code }, 2);

    expect(await write()).toMatchObject([{ result: 'CREATED' }]);
    expect(await stored()).toBe(1);
  });

  it.each([
    ['603', 'MARKETO_FORBIDDEN'],
    ['607', 'MARKETO_QUOTA_SPENT'],
    ['608', 'MARKETO_BUSY'],
  ])('reports %s on a write as %s, without repeating it', async (marketoCode, code) => {
    await arm({ kind: 'envelope', code: marketoCode });

    await expect(write()).rejects.toMatchObject({ code });
    expect(await calls()).toHaveLength(1);
    expect((await stage.control('GET', 'persons'))['persons']).toEqual([]);
  });

  it('reports spent daily calls on a read without spending more', async () => {
    await stage.control('POST', 'settings', { callsPerDayMax: 0 });

    await expect(stage.people.findPersons('id', ['1'])).rejects.toMatchObject({
      code: 'MARKETO_QUOTA_SPENT',
    });
    expect(await calls()).toHaveLength(1);
  });

  it('waits longer than for others for a place in the feeds, for which Marketo may look long', async () => {
    const people = stage.open({ requestTimeoutMs: 1_000 });
    await people.findPersons('id', ['1']);
    await arm({ kind: 'delay', delayMs: 1_500 }, 3, { path: 'pagingtoken' });

    expect(await people.openFeed(Date.UTC(2006, 0, 1))).not.toBe('');
    expect((await calls()).filter(({ path }) => path.includes('pagingtoken'))).toHaveLength(1);
  });

  it('names the field that an instance lacks', async () => {
    const people = stage.open({ fields: [...personFields, { name: 'crmParrot', type: 'string' }] });

    await expect(people.findPersons('id', ['1'])).rejects.toMatchObject({
      code: 'MARKETO_FIELD_UNKNOWN',
      details: { field: 'crmParrot' },
    });
  });

  it('stays within rate and concurrency under load', async () => {
    await stage.control('POST', 'settings', { latencyMs: 3 });

    await Promise.all(
      Array.from({ length: 160 }, (_, index) => stage.people.findPersons('id', [String(index)])),
    );

    const stats = await fetchErrors(stage);
    expect(await calls()).toHaveLength(160);
    expect(stats).toEqual([]);
    expect(stage.clock.sleeps.length).toBeGreaterThan(0);
  });

  it('sends what is urgent before what waits longer, within the limits', async () => {
    await stage.control('POST', 'settings', { latencyMs: 3 });
    const find = (lane: CallLane, count: number) =>
      Array.from({ length: count }, () => stage.marketo.lane(lane).findPersons('email', [`${lane}@x.com`]));

    await Promise.all([
      ...find('AUDIT', 60),
      ...find('BACKFILL', 60),
      ...find('FRESH', 60),
      ...find('REQUEST', 5),
    ]);

    const lanes = (await calls()).map((call) => /[A-Z]+(?=%40x\.com)/.exec(JSON.stringify(call))?.[0]);
    const sentBefore = (lane: CallLane, count: number) =>
      lanes.slice(0, count).filter((other) => other === lane).length;
    expect(await fetchErrors(stage)).toEqual([]);
    // The first five left before anything more urgent was asked for.
    expect(sentBefore('REQUEST', 15)).toBe(5);
    expect(sentBefore('FRESH', 80)).toBe(60);
    expect(sentBefore('BACKFILL', 80)).toBeGreaterThanOrEqual(6);
    expect(sentBefore('AUDIT', 80)).toBeLessThan(10);
  });

  // A process that was frozen goes on where it was, perhaps with its lease long over.
  it('sends nothing that waited for its turn while its lease ended', async () => {
    let isHeld = true;
    const people = stage.marketo.lane('FRESH', { isHeld: () => isHeld });
    await stage.control('POST', 'settings', { latencyMs: 3 });
    const waiting = Array.from({ length: 20 }, (_, index) => people.findPersons('id', [String(index)]));
    const settling = Promise.allSettled(waiting);
    await waiting[0];
    isHeld = false;

    const refused = (await settling).flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));

    expect(refused.length).toBeGreaterThan(9);
    expect(refused[0]).toMatchObject({ code: 'LEASE_LOST' });
    expect(await calls()).toHaveLength(20 - refused.length);
  });

  it('meets the limits when it is allowed more than the instance takes', async () => {
    await stage.control('POST', 'settings', { callsPerWindowMax: 10 });
    const people = stage.open({ share: 1 });

    await Promise.all(Array.from({ length: 12 }, (_, index) => people.findPersons('id', [String(index)])));

    expect(await fetchErrors(stage)).not.toEqual([]);
  });

  it('finds more matches than one page holds, and more than one search may have', async () => {
    const persons = (email: string) => Array.from({ length: 600 }, () => ({ email }));
    await stage.human.seed([...persons('one@example.com'), ...persons('two@example.com')]);

    expect(await stage.people.findPersons('email', ['one@example.com'])).toHaveLength(600);
    expect(await stage.people.findPersons('email', ['one@example.com', 'two@example.com'])).toHaveLength(
      1200,
    );
  });

  it('reports one value that matches more persons than a search may have', async () => {
    await stage.human.seed(Array.from({ length: 1001 }, () => ({ email: 'all@example.com' })));

    await expect(
      stage.people.findPersons('email', ['all@example.com', 'nobody@example.com']),
    ).rejects.toMatchObject({
      code: 'MARKETO_AMBIGUOUS',
    });
  });

  const page = '<html><body>Maintenance</body></html>';

  it('repeats a read that is answered with a page of HTML', async () => {
    await stage.human.seed([{ lockstepId: 'g-1' }]);
    await arm({ kind: 'commitThenBody', body: page });

    expect(await stored()).toBe(1);
  });

  it.each([
    ['a page of HTML', page],
    ['an empty body', ''],
    ['an error without a code of Marketo’s', '{"errors":[{"message":"upstream connect error"}]}'],
    ['an error in another form', '{"errors":{"detail":"upstream connect error"}}'],
    ['no result', '{"requestId":"1#1","success":true}'],
    ['a result for fewer records', '{"requestId":"1#1","success":true,"result":[]}'],
  ])('does not claim an outcome for a write that is answered with %s', async (_what, body) => {
    await arm({ kind: 'commitThenBody', body });

    await expect(write()).rejects.toMatchObject({ code: 'MARKETO_OUTCOME_UNKNOWN' });
    expect(await stored()).toBe(1);
  });

  // A search without a result looks like one that found nobody, and whoever found nobody creates a person.
  it('does not take a search without a result for nobody', async () => {
    await stage.human.seed([{ lockstepId: 'g-1' }]);
    await arm({ kind: 'commitThenBody', body: '{"requestId":"1#1","success":true}' });

    await expect(stored()).rejects.toMatchObject({
      code: 'MARKETO_ANSWER_INVALID',
      details: { part: 'result' },
    });
  });

  it('refuses only the record whose address is not ASCII, and names the field', async () => {
    const results = await write([
      { lockstepId: 'g-1', email: 'zoë@example.com' },
      { lockstepId: 'g-2', email: 'zoe@example.com' },
    ]);

    expect(results).toMatchObject([
      { result: 'REFUSED', code: '1003', field: 'email' },
      { result: 'CREATED' },
    ]);
  });

  it('goes on in the middle of a batch of calls when its token is revoked, and writes each record once', async () => {
    const ids = Array.from({ length: 6 }, (_, n) => `g-${n}`);
    const writes = ids.map((lockstepId) => write([{ lockstepId, lastName: 'Reed' }]));
    await Promise.race(writes);
    await stage.control('DELETE', 'tokens');

    expect((await Promise.all(writes)).flat().map(({ result }) => result)).toEqual(ids.map(() => 'CREATED'));
    expect(await stage.people.findPersons('lockstepId', ids)).toHaveLength(6);
  });

  it('splits a write that is larger than Marketo takes', async () => {
    const input = Array.from({ length: 60 }, (_, index) => ({
      lockstepId: `g-${index}`,
      mktoPersonNotes: 'n'.repeat(29_000),
    }));

    const results = await write(input);

    expect(results.map(({ result }) => result)).toEqual(input.map(() => 'CREATED'));
    expect((await calls()).filter(({ path }) => path.endsWith('/leads.json'))).toHaveLength(2);
  });
});

async function fetchErrors({ control }: Stage): Promise<readonly unknown[]> {
  const { calls } = await control('GET', 'calls');
  const limited = (call: Json) => /"60[67]"|"615"/.test(JSON.stringify(call));

  return (calls as readonly Json[]).filter(limited);
}

callBudgetContract('Marketo over the REST API', async () => {
  const stage = await startStage();
  const opened: Marketo[] = [];
  const openWith = (): Marketo => {
    const marketo = createMarketo({
      ...stage.emulator,
      fields: personFields,
      clock: stage.clock,
      callsPerDay: 100,
    });
    opened.push(marketo);

    return marketo;
  };
  const call = async (marketo: Marketo, lane: CallLane, count: number): Promise<void> => {
    for (let at = 0; at < count; at += 1) await marketo.lane(lane).findPersons('id', ['1']);
  };
  const ours = openWith();

  return {
    budget: ours.budget,
    use: (lane, count) => call(ours, lane, count),
    useAsOther: (count) => call(openWith(), 'FRESH', count),
    close: async () => {
      await Promise.all(opened.map((each) => each.close()));
      await stage.close();
    },
  };
});

describe('when the day’s calls are spent', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await startStage();
  });
  afterEach(() => stage.close());

  const find = (people: MarketoPeople) => people.findPersons('id', ['1']);
  const sent = async () => (await stage.control('GET', 'calls'))['calls'] as readonly Json[];

  it('sends nothing more until midnight US Central, and then goes on', async () => {
    const people = stage.open({ callsPerDay: 3 });
    for (let call = 0; call < 3; call += 1) await find(people);

    await expect(find(people)).rejects.toMatchObject({
      code: 'MARKETO_QUOTA_SPENT',
      details: { until: '2026-01-01T06:00:00Z', retryAfterMs: 6 * 60 * 60 * 1000 },
    });
    expect(await sent()).toHaveLength(3);

    await stage.clock.sleep(6 * 60 * 60 * 1000, new AbortController().signal);
    await expect(find(people)).resolves.toEqual([]);
  });

  it('takes Marketo’s word for it, whoever has spent them', async () => {
    await stage.control('POST', 'settings', { callsPerDayMax: 0 });

    for (let call = 0; call < 3; call += 1)
      await expect(find(stage.people)).rejects.toMatchObject({
        code: 'MARKETO_QUOTA_SPENT',
        details: { until: '2026-01-01T06:00:00Z' },
      });

    expect(await sent()).toHaveLength(1);
  });

  it('keeps a fifth of them for people’s edits and requests', async () => {
    const marketo = createMarketo({
      ...stage.emulator,
      fields: personFields,
      clock: stage.clock,
      callsPerDay: 10,
    });
    for (let call = 0; call < 8; call += 1) await find(marketo.lane('BACKFILL'));

    await expect(find(marketo.lane('BACKFILL'))).rejects.toMatchObject({ code: 'MARKETO_QUOTA_SPENT' });
    await expect(find(marketo.lane('AUDIT'))).rejects.toMatchObject({ code: 'MARKETO_QUOTA_SPENT' });
    await expect(find(marketo.lane('FRESH'))).resolves.toEqual([]);
    await marketo.close();
  });
});
