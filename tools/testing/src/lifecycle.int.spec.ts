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

/** Calls an action of Dynamics, as its own screens do. */
async function act(action: string, parameters: unknown): Promise<string> {
  const { dynamics } = lockstep;
  const { body, statusCode } = await request(`${dynamics.url}/api/data/v9.2/${action}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await dataverseToken(dynamics)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(parameters),
  });
  const text = await body.text();
  if (statusCode >= 300) throw new Error(`${action}: ${statusCode} ${text}`);
  return text;
}

/** Answers the id of the contact. */
async function qualify(leadId: string): Promise<string> {
  const created = { CreateAccount: false, CreateContact: true, CreateOpportunity: false };
  const text = await act(`leads(${leadId})/Microsoft.Dynamics.CRM.QualifyLead`, { ...created, Status: -1 });
  const { value } = JSON.parse(text) as { value: Values[] };
  return String(value[0]?.['contactid']);
}

const leadOf = (leadid: string) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.lead', leadid });
const merge = (winner: string, loser: string) =>
  act('Merge', { Target: leadOf(winner), Subordinate: leadOf(loser), PerformParentingChecks: false });

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

it(
  'leaves the person of a lead that was merged away in Dynamics alone, and goes on with the winner',
  async () => {
    const { dynamics, marketo } = lockstep;
    const leads = ['Winner', 'Loser'].map((lastname) => ({ lastname, jobtitle: 'Engineer' }));
    const [winner = '', loser = ''] = await dynamics.createRows('lead', leads);
    const ofLoser = await personOf(loser);
    const ofWinner = await personOf(winner);

    await merge(winner, loser);
    await dynamics.editRow('lead', loser, { jobtitle: 'Director' });
    await dynamics.editRow('lead', winner, { jobtitle: 'Director' });

    await until(async () => expect(await marketo.person(ofWinner.id)).toMatchObject({ title: 'Director' }));
    expect(await marketo.person(ofLoser.id)).toMatchObject({ title: 'Engineer', lastName: 'Loser' });
  },
  4 * timeoutMs,
);
