import { linkedPair, writesTo } from './examplePairs.ts';
import { createWorld } from './exampleWorld.ts';

/** The worked examples of docs/conflict-resolution.md about what a person names: its company and its salesperson. */

const columns = { jobtitle: 'Engineer', parentcustomerid: 'account/account-1', ownerid: 'systemuser/user-1' };

/** Creates the person of a contact; `parents` are in Marketo. */
function createContact(...parents: string[]) {
  const world = createWorld();
  for (const parent of parents) world.state.parents.add(parent);
  world.dynamics.insert('contact', 'contact-1', columns);
  world.readDynamics('contact-1');
  world.settle();
  const [person = ''] = world.marketo.ids();
  const links = () =>
    ['externalCompanyId', 'externalSalesPersonId'].map((name) => world.marketo.field(person, name));
  return { world, person, links };
}

describe('a contact', () => {
  it('is created with its company and its salesperson when they are there', () => {
    const { world, links } = createContact('account-1', 'user-1');

    expect(links()).toEqual(['account-1', 'user-1']);
    expect(writesTo(world, 'marketo')).toHaveLength(1);
    expect(world.record('dynamics/contact/contact-1').dueAtMs).toBe(null);
  });

  it('is created and edited without a company that is not there; that relation alone waits, and is made later', () => {
    const { world, person, links } = createContact('user-1');
    world.dynamics.edit('contact-1', { jobtitle: 'Director' });
    world.settle();
    expect(links()).toEqual([null, 'user-1']);
    expect(world.marketo.field(person, 'title')).toBe('Director');

    world.state.parents.add('account-1');
    world.wakeUp(15_000);
    world.settle();

    expect(links()).toEqual(['account-1', 'user-1']);
    expect(writesTo(world, 'marketo').at(-1)).toEqual({ externalCompanyId: 'account-1' });
    expect(world.record('dynamics/contact/contact-1').dueAtMs).toBe(null);
  });

  it('that names a company that Marketo lost goes there without it, and tries again later', () => {
    const { world, links } = createContact('account-1', 'user-1');
    world.state.parents.add('account-2');
    world.state.lacking.add('account-2');
    world.dynamics.edit('contact-1', { parentcustomerid: 'account/account-2', jobtitle: 'Director' });
    world.settle();
    expect(links()).toEqual(['account-1', 'user-1']);
    expect(writesTo(world, 'marketo').at(-1)).toEqual({ title: 'Director' });
    expect(world.record('dynamics/contact/contact-1').waiting).toBe(null);

    world.state.lacking.clear();
    world.wakeUp(15_000);
    world.settle();

    expect(links()).toEqual(['account-2', 'user-1']);
  });

  it('moves to another company, and stays with its last one when it has none, which cannot be undone in Marketo', () => {
    const { world, links } = createContact('account-1', 'user-1');
    world.state.parents.add('account-2');
    world.dynamics.edit('contact-1', { parentcustomerid: 'account/account-2' });
    world.settle();
    expect(links()).toEqual(['account-2', 'user-1']);
    world.state.received.length = 0;

    world.dynamics.edit('contact-1', { parentcustomerid: null });
    world.settle();

    expect(links()).toEqual(['account-2', 'user-1']);
    expect(world.state.received).toEqual([]);
  });

  it('whose relation somebody changes in Marketo gets it back', () => {
    const { world, person, links } = createContact('account-1', 'user-1');

    world.marketo.write(person, { externalCompanyId: 'account-9' });
    world.settle();

    expect(links()).toEqual(['account-1', 'user-1']);
    expect(world.dynamics.column('contact-1', 'parentcustomerid')).toBe('account/account-1');
  });

  it('under another contact has no company', () => {
    const { world } = linkedPair('contact', { parentcustomerid: 'contact/contact-2' });

    expect(world.record('dynamics/contact/contact-1').fields['companyId']?.value).toBe(null);
  });

  it('that names nobody waits for nobody', () => {
    const { world } = linkedPair('contact', { jobtitle: 'Engineer' });

    expect(world.record('dynamics/contact/contact-1')).toMatchObject({ dueAtMs: null });
  });

  it('does not wait for the company that it has, though that is gone from Marketo since', () => {
    const { world, links } = createContact('account-1', 'user-1');
    world.state.parents.clear();
    world.wakeUp(15_000);
    world.settle();

    expect(links()).toEqual(['account-1', 'user-1']);
    expect(world.record('dynamics/contact/contact-1').dueAtMs).toBe(null);
  });

  it('that names a company that Marketo lost does not try it again before its time', () => {
    const { world } = createContact('user-1');
    world.state.parents.add('account-1');
    world.state.lacking.add('account-1');
    world.wakeUp(15_000);
    world.settle();
    world.state.received.length = 0;
    world.state.lacking.clear();

    world.wakeUp(29_000);
    world.settle();

    expect(writesTo(world, 'marketo')).toEqual([]);
  });

  it('of which Marketo says that it lacks a company, though it is given none, is refused as a whole', () => {
    const { world } = createContact('account-1', 'user-1');
    world.state.lacking.add('Director');
    world.dynamics.edit('contact-1', { jobtitle: 'Director' });
    world.settle();

    const record = world.record('dynamics/contact/contact-1');
    expect(record.waiting).toMatchObject({ cause: 'refused', code: '1013' });
    expect(record).not.toHaveProperty('held');
  });

  it('that was deleted in Marketo is not brought back by a company that comes late, but by an edit, without the former company name', () => {
    const { world, person } = createContact('user-1');
    world.marketo.write(person, { company: 'Former Ltd' });
    world.settle();
    world.marketo.remove(person);
    world.readMarketo(person);
    world.state.parents.add('account-1');
    world.wakeUp(15_000);
    world.settle();
    expect(world.marketo.ids()).toEqual([]);

    world.dynamics.edit('contact-1', { jobtitle: 'Director' });
    world.settle();

    const [heir = ''] = world.marketo.ids();
    expect(world.marketo.field(heir, 'externalCompanyId')).toBe('account-1');
    expect(world.marketo.field(heir, 'company')).toBe(null);
  });
});

it('a lead names its salesperson, be it a user or a team', () => {
  const world = createWorld();
  world.state.parents.add('team-1');
  world.dynamics.insert('lead', 'lead-1', { ownerid: 'team/team-1' });
  world.readDynamics('lead-1');
  world.settle();

  const [person = ''] = world.marketo.ids();
  expect(world.marketo.field(person, 'externalSalesPersonId')).toBe('team-1');
});
