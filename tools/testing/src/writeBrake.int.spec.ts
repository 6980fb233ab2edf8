import { askOperator, operatorToken, untilHolds } from './operatorClient.ts';
import { makePersons, makeRows, toSeed } from './seedPeople.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const rows = makeRows('lead', 150);
const blanked = rows.slice(0, 110);
/** What may be cleared in an hour whatever its share. */
const fewMax = 100;
const timeoutMs = 180_000;

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({
    seed: { leads: toSeed(rows), persons: makePersons('lead', rows.length) },
    settings: { API_TOKEN: operatorToken, WRITE_BRAKE: 'on' },
  });
  await lockstep.waitUntilInSync({ timeoutMs });
}, 3 * timeoutMs);
afterAll(() => lockstep.close());

const status = () => askOperator(lockstep.processes.reconciler, '/v1/status');

const withoutCity = async (): Promise<number> =>
  (await lockstep.marketo.persons()).filter(({ city }) => city === null).length;

const reachedOrWithheld = async (): Promise<number> => {
  const { writes } = (await status()) as { writes: { marketo: { records: number } } };

  return writes.marketo.records + (await withoutCity());
};

it(
  'a column that is cleared on many leads reaches some persons, and the others once an operator agrees',
  async () => {
    for (const { id } of blanked) await lockstep.dynamics.editRow('lead', id, { address1_city: null });

    const { writes } = await untilHolds(
      status,
      (found) => JSON.stringify(found).includes('blanked'),
      timeoutMs,
    );
    expect(writes).toMatchObject({
      dynamics: { isWithheld: false, heldFor: null },
      marketo: { isWithheld: true, heldFor: expect.stringMatching(/^blanked \d+, at most 100 in 60 min$/) },
    });
    await untilHolds(reachedOrWithheld, (records) => records === blanked.length, timeoutMs);
    const before = await withoutCity();
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThanOrEqual(fewMax);

    const resume = { action: 'resume', target: 'reconciler/to-marketo', actor: 'ann' };
    await askOperator(lockstep.processes.reconciler, '/v1/control', resume);
    await untilHolds(withoutCity, (count) => count === blanked.length, timeoutMs);
    await lockstep.waitUntilInSync({ timeoutMs });
  },
  5 * timeoutMs,
);
