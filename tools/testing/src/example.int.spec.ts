import { startLockstep, type Lockstep } from './startLockstep.ts';

const id = '5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1c01';
const ada = {
  leadid: id,
  subject: 'Engines',
  firstname: 'Ada',
  lastname: 'Byron',
  emailaddress1: 'ada@example.org',
};
let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({ seed: { leads: [ada] } });
});
afterAll(() => lockstep.close());

it('brings a lead to Marketo, and a marketer’s edit of it back to Dynamics', async () => {
  const { dynamics, marketo } = lockstep;
  await lockstep.waitUntilInSync();
  const person = await marketo.personOfRow(id);
  expect(person).toMatchObject({ firstName: 'Ada', email: 'ada@example.org' });

  await marketo.editPerson(person.id, { lastName: 'Lovelace' });
  await lockstep.waitUntilInSync();
  expect(await dynamics.row('lead', id)).toMatchObject({ lastname: 'Lovelace' });
});
