import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { Values } from './controlApi.ts';
import { dataverseToken } from './dataverseToken.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 60_000;
let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep();
}, 2 * timeoutMs);
afterAll(() => lockstep.close());

/** Answers the id of the contact. */
async function qualify(leadId: string): Promise<string> {
  const { dynamics } = lockstep;
  const action = `leads(${leadId})/Microsoft.Dynamics.CRM.QualifyLead`;
  const { body } = await request(`${dynamics.url}/api/data/v9.2/${action}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await dataverseToken(dynamics)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ CreateAccount: false, CreateContact: true, CreateOpportunity: false, Status: -1 }),
  });
  const { value } = (await body.json()) as { value: Values[] };
  return String(value[0]?.['contactid']);
}

/** Asks until it is answered. */
async function until<Value>(ask: () => Promise<Value>): Promise<Value> {
  for (let waitedMs = 0; ; waitedMs += 200) {
    try {
      return await ask();
    } catch (error) {
      if (waitedMs > timeoutMs) throw error;
      await sleep(200);
    }
  }
}

const personOf = (rowId: string) => until(() => lockstep.marketo.personOfRow(rowId));

it(
  'goes on in Marketo as the contact that Dynamics made of it',
  async () => {
    const { dynamics, marketo } = lockstep;
    const lead = { firstname: 'Ida', lastname: 'Ek', jobtitle: 'Engineer', emailaddress1: 'ida@example.org' };
    const [leadId = ''] = await dynamics.createRows('lead', [lead]);
    const person = await personOf(leadId);

    const contactId = await qualify(leadId);

    const carriedOn = await personOf(contactId);
    expect(carriedOn).toMatchObject({ id: person.id, crmType: 'Contact', lastName: 'Ek', title: 'Engineer' });
    expect(await marketo.persons()).toHaveLength(1);
    await marketo.editPerson(person.id, { title: 'Architect' });
    await until(async () =>
      expect(await dynamics.row('contact', contactId)).toMatchObject({ jobtitle: 'Architect' }),
    );
    expect(await dynamics.row('lead', leadId)).toMatchObject({ jobtitle: 'Engineer', statecode: 1 });
  },
  4 * timeoutMs,
);
