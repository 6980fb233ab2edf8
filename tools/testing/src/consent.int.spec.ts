import { setTimeout as sleep } from 'node:timers/promises';
import type { Values } from './controlApi.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 60_000;
let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({ matchByEmail: false });
}, 2 * timeoutMs);
afterAll(() => lockstep.close());

const email = 'ada@example.org';

const leadsWithAddress = async (): Promise<readonly Values[]> =>
  (await lockstep.dynamics.rows('lead')).filter(({ emailaddress1 }) => emailaddress1 === email);
const personsWithAddress = async (): Promise<readonly Values[]> =>
  (await lockstep.marketo.persons()).filter((person) => person['email'] === email);

/** Whether each record with the address is opted out: rows of Dynamics first, then persons of Marketo. */
async function optOuts(): Promise<readonly unknown[]> {
  const [leads, persons] = [await leadsWithAddress(), await personsWithAddress()];
  return [...leads.map((lead) => lead['donotbulkemail']), ...persons.map((person) => person['unsubscribed'])];
}

/** Asks until all of so many records say so, and answers what they said last. */
async function untilAll(optedOut: boolean, records: number): Promise<readonly unknown[]> {
  for (let waitedMs = 0; ; waitedMs += 200) {
    const found = await optOuts();
    const isSo = found.length === records && found.every((one) => one === optedOut);
    if (isSo || waitedMs > timeoutMs) return found;
    await sleep(200);
  }
}

it(
  'an opt-out of one person reaches every record with its address, whoever comes to it, and is lifted for all',
  async () => {
    const { dynamics, marketo } = lockstep;
    await dynamics.createRows('lead', [
      { lastname: 'Byron', emailaddress1: email },
      { lastname: 'King', emailaddress1: email },
    ]);
    expect(await untilAll(false, 4)).toEqual([false, false, false, false]);
    const [person] = await personsWithAddress();

    await marketo.editPerson(Number(person?.['id']), { unsubscribed: true });
    expect(await untilAll(true, 4)).toEqual([true, true, true, true]);

    const [late = ''] = await dynamics.createRows('lead', [{ lastname: 'Lovelace', emailaddress1: email }]);
    expect(await untilAll(true, 6)).toEqual(Array(6).fill(true));

    await dynamics.editRow('lead', late, { donotbulkemail: false });
    expect(await untilAll(false, 6)).toEqual(Array(6).fill(false));
  },
  6 * timeoutMs,
);
