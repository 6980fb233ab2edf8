import { judgeOnceCaughtUp } from './judgeHistory.ts';
import { makeRows, toSeed } from './seedPeople.ts';
import { askOperator, operatorToken, untilHolds } from './operatorClient.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

/** 10,000 as a command: docs/benchmarks.md. */
const people = Number(process.env['POISON_PEOPLE'] ?? 400);
const timeoutMs = 60_000 + people * 180;
const leads = makeRows('lead', people);
const poisoned = leads[Math.floor(people / 2)]?.id ?? '';

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({ seed: { leads: toSeed(leads) }, settings: { API_TOKEN: operatorToken } });
  await lockstep.waitUntilInSync({ timeoutMs });
}, 2 * timeoutMs);
afterAll(() => lockstep.close());

type Json = Readonly<Record<string, unknown>>;

const call = (path: string, body?: object) => askOperator(lockstep.processes.reconciler, path, body);

const until = <Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean) =>
  untilHolds(ask, holds, timeoutMs);

async function recordOfPoisoned(): Promise<Json> {
  const { records } = await call(`/v1/records?row=dynamics/lead/${poisoned}`);
  return (records as Json[])[0] ?? {};
}

async function citiesOf(): Promise<ReadonlyMap<string, unknown>> {
  const rows = await lockstep.dynamics.rows('lead');
  return new Map(rows.map((row) => [String(row['leadid']), row['address1_city']]));
}

/** What was written to the city of the poisoned row, in order. */
async function citiesWritten(): Promise<unknown[]> {
  const states = await lockstep.dynamics.control.states<{
    readonly sequence: number;
    id: string;
    changed: Record<string, { after: unknown }>;
  }>();
  return states.flatMap(({ id, changed }) =>
    id === poisoned && changed['address1_city'] ? [changed['address1_city'].after] : [],
  );
}

it(
  `delays nobody else when Dynamics refuses one of ${people}, and gets its latest value once it is let go`,
  async () => {
    const { dynamics, marketo } = lockstep;
    // What a plug-in of Dynamics answers that does not let the row be saved.
    const action = { kind: 'status', status: 400, code: '0x80040265', message: 'Not this one.' };
    await dynamics.control.post('faults', {
      match: { method: 'PATCH', path: poisoned },
      action,
      times: 1_000,
    });
    const persons = await marketo.persons();
    for (const { id } of persons) await marketo.editPerson(Number(id), { city: 'Riverton' });

    await until(citiesOf, (cities) =>
      leads.every(({ id }) => id === poisoned || cities.get(id) === 'Riverton'),
    );
    expect((await citiesOf()).get(poisoned)).toBe('Springfield');
    const record = await until(recordOfPoisoned, (found) => JSON.stringify(found).includes('0x80040265'));
    const person = await marketo.personOfRow(poisoned);
    for (const city of ['Lakeview', 'Hillside']) {
      await marketo.editPerson(person.id, { city });
      await until(recordOfPoisoned, ({ fields }) => JSON.stringify(fields).includes(city));
    }

    await dynamics.control.delete('faults');
    await call(`/v1/records/${String(record['goldenId'])}/release`, { actor: 'ben' });
    await lockstep.waitUntilInSync({ timeoutMs });

    expect(await citiesWritten()).toEqual(['Springfield', 'Hillside']);
    const { findings, linkedPairs } = await judgeOnceCaughtUp(lockstep, timeoutMs);
    expect(findings).toEqual([]);
    expect(linkedPairs).toBe(people);
  },
  4 * timeoutMs,
);
