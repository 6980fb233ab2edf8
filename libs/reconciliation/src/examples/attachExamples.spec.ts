import type { ScalarValues } from '@lockstep/change-events';
import type { AttachRule } from '../accountKeys.ts';
import { keysSought } from '../attach.ts';
import { createEntityStory } from './exampleEntities.ts';
import { writesTo } from './examplePairs.ts';
import { exampleMapping } from './exampleParts.ts';
import { createWorld } from './exampleWorld.ts';
import { nativePolicy } from '../policy.ts';
import { troublesOf } from '../troubles.ts';

/** The worked examples of docs/conflict-resolution.md about contacts that get their account by rule (G-11). */

const rule: AttachRule = { by: ['name', 'domain'], exceptDomains: [] };
const mail = { emailaddress1: 'Ann@Example-Works.COM' };
const key = 'domain/example-works.com';

/** A contact that Lockstep has read, and the accounts that a key finds. */
function createContact(columns: ScalarValues = mail, accounts: Record<string, string[]> = {}) {
  const world = createWorld();
  world.state.policy = { ...world.state.policy, attachAccounts: rule };
  for (const [found, ids] of Object.entries(accounts)) world.state.accounts.set(found, ids);
  world.state.parents.add('account-1').add('account-2');
  world.dynamics.insert('contact', 'contact-1', columns);
  world.readDynamics('contact-1');
  world.settle();
  const record = () => world.record('dynamics/contact/contact-1');

  return {
    world,
    record,
    account: () => world.dynamics.column('contact-1', 'parentcustomerid') ?? null,
    look: () => {
      world.wakeUp(0);
      world.settle();
    },
  };
}

describe('a contact without an account', () => {
  it('gets the only account that has the domain of its address, guarded, and its person the company', () => {
    const { world, record, account, look } = createContact(mail, { [key]: ['account-1'] });
    look();

    expect(account()).toBe('account/account-1');
    expect(record().fields['companyId']).toMatchObject({
      value: 'account-1',
      rule: 'account-by-domain',
      source: 'dynamics',
      agreed: true,
    });
    expect(world.marketo.field(world.marketo.ids()[0] ?? '', 'externalCompanyId')).toBe('account-1');
    expect(writesTo(world, 'dynamics')).toEqual([{ parentcustomerid: 'account-1' }]);
    expect([record().keys, record().dueAtMs]).toEqual([undefined, null]);
    expect(
      world.state.decisions.some(({ goldenEvent }) =>
        goldenEvent?.changed.some(({ field, after }) => field === 'companyId' && after === 'account-1'),
      ),
    ).toBe(true);
  });

  it('gets the one whose name is the company of its person first, in whatever case', () => {
    const { world, account, look } = createContact(mail, {
      [key]: ['account-2'],
      'name/example works': ['account-1'],
    });
    world.marketo.write(world.marketo.ids()[0] ?? '', { company: ' Example  WORKS' });
    world.settle();
    look();

    expect(account()).toBe('account/account-1');
  });

  it('stays without one and says so when several have the domain, until one is left', () => {
    const { world, record, account, look } = createContact(mail, { [key]: ['account-1', 'account-2'] });
    look();
    expect(troublesOf(record())).toMatchObject([
      {
        side: 'dynamics',
        code: 'ACCOUNT_AMBIGUOUS',
        field: 'companyId',
        detail: `several accounts by ${key}`,
      },
    ]);
    expect(account()).toBe(null);

    world.state.accounts.set(key, ['account-2']);
    look();

    expect(account()).toBe('account/account-2');
    expect(troublesOf(record())).toEqual([]);
  });

  it('gets the one with the domain of its address where none has the name of its company', () => {
    const { world, account, look } = createContact(mail, { [key]: ['account-1'] });
    world.marketo.write(world.marketo.ids()[0] ?? '', { company: 'Example Works' });
    world.settle();
    look();

    expect(account()).toBe('account/account-1');
  });

  it('is in trouble no more once somebody gave it one of several', () => {
    const { world, record, look } = createContact(mail, { [key]: ['account-1', 'account-2'] });
    look();
    world.dynamics.edit('contact-1', { parentcustomerid: 'account/account-2' });
    world.settle();

    expect([troublesOf(record()), record().keys]).toEqual([[], undefined]);
  });

  it('gets an account that comes after its row was edited', () => {
    const { world, account, look } = createContact();
    world.dynamics.edit('contact-1', { jobtitle: 'Engineer' });
    world.settle();
    world.state.accounts.set(key, ['account-1']);
    look();

    expect(account()).toBe('account/account-1');
  });

  it('is found by what it looks for before it has looked, and waits for nothing else when there is none', () => {
    const { world, record, account, look } = createContact();
    expect(record()).toMatchObject({ keys: [`sought:${key}`], dueAtMs: world.state.nowMs });
    expect(keysSought(record())).toEqual([key]);
    look();

    expect([account(), record().keys, record().dueAtMs]).toEqual([null, [`sought:${key}`], null]);
  });

  it.each(['ann@gmail.com', 'ann@agency.example', '', 'ann'])(
    'looks for none by the address %j',
    (emailaddress1) => {
      const { world, record } = createContact({ emailaddress1: '' });
      world.state.policy = {
        ...world.state.policy,
        attachAccounts: { ...rule, exceptDomains: ['agency.example'] },
      };
      world.dynamics.edit('contact-1', { emailaddress1 });
      world.settle();

      expect(record().keys).toBe(undefined);
    },
  );

  it('keeps what somebody chose, and none where somebody took it away', () => {
    const { world, account, look } = createContact(mail, { [key]: ['account-1'] });
    world.dynamics.edit('contact-1', { parentcustomerid: 'account/account-2' });
    look();
    expect(account()).toBe('account/account-2');

    world.dynamics.edit('contact-1', { parentcustomerid: null });
    world.settle();
    look();

    expect(account()).toBe(null);
    expect(writesTo(world, 'dynamics').filter((columns) => 'parentcustomerid' in columns)).toHaveLength(1);
  });

  it('under another contact keeps that', () => {
    const { world, account, look } = createContact(
      { ...mail, parentcustomerid: 'contact/contact-2' },
      { [key]: ['account-1'] },
    );
    look();

    expect([account(), writesTo(world, 'dynamics')]).toEqual(['contact/contact-2', []]);
  });

  it('whose column only our own read shows blank is left alone', () => {
    const { world, record } = createContact({ ...mail, parentcustomerid: 'account/account-2' });
    world.dynamics.hide('parentcustomerid');
    world.dynamics.edit('contact-1', { jobtitle: 'Engineer' });
    world.handRow('contact-1', world.dynamics.representation('contact-1'));

    expect(record().rows[0]).toMatchObject({ customer: 'named' });
  });

  it.each([
    ['another contact', 'contact/contact-2'],
    ['an account', 'account/account-2'],
  ])('from which somebody took %s gets none', (_, parentcustomerid) => {
    const { world, record, account, look } = createContact(
      { ...mail, parentcustomerid },
      { [key]: ['account-1'] },
    );
    if (parentcustomerid.startsWith('account')) {
      // Read before there was a rule.
      world.state.policy = nativePolicy;
      world.state.records.clear();
      world.readDynamics('contact-1');
      expect(record().rows[0]).not.toHaveProperty('customer');
      world.state.policy = { ...nativePolicy, attachAccounts: rule };
    }
    world.dynamics.edit('contact-1', { parentcustomerid: null });
    world.settle();
    look();

    expect(account()).toBe(null);
    expect(record().rows[0]).toMatchObject({ customer: 'cleared' });
  });

  it('that was read before there was a rule is looked at when its page comes again, and once', () => {
    const { world, record } = createContact();
    world.state.policy = nativePolicy;
    world.state.records.clear();
    world.readDynamics('contact-1');
    world.settle();
    world.state.policy = { ...nativePolicy, attachAccounts: rule };

    const read = world.handRow('contact-1', world.dynamics.representation('contact-1'));
    const [first, second] = [world.readDynamics('contact-1'), world.readDynamics('contact-1')];

    expect(read).toMatchObject({ nothing: 'stale', dirty: false });
    expect(first.nothing).toBe(null);
    expect(second).toMatchObject({ nothing: 'stale', dirty: false });
    expect(record().rows[0]).toMatchObject({ customer: 'none' });
  });

  it('looks for none where no accounts are read', () => {
    const mapping = exampleMapping.filter(({ field }) => field !== 'companyId');
    const world = createWorld({ mapping });
    world.state.policy = { ...world.state.policy, attachAccounts: rule };
    world.dynamics.insert('contact', 'contact-1', mail);
    const event = world.dynamics.change('contact-1', 'LIVE');
    world.handRow('contact-1', { ...event, fields: { ...event.fields, parentcustomerid: null } });
    world.settle();

    expect(world.record('dynamics/contact/contact-1')).toMatchObject({ dueAtMs: null });
    expect(world.record('dynamics/contact/contact-1')).not.toHaveProperty('keys');
  });

  it('whose row an operator parts from its person leaves no search behind at the person', () => {
    const { world } = createContact();
    const [person = ''] = world.marketo.ids();
    world.wish(`marketo/person/${person}`, 'unlink', 'golden/parted');

    expect(world.record(`marketo/person/${person}`)).not.toHaveProperty('keys');
    world.settle();
    expect(keysSought(world.record('dynamics/contact/contact-1'))).toEqual([key]);
  });

  it('that is kept out of Marketo, or while no rule says so, looks for none', () => {
    const { world, record, look } = createContact(
      { ...mail, new_synctomkto: false },
      { [key]: ['account-1'] },
    );
    look();
    expect(record().keys).toBe(undefined);

    world.dynamics.edit('contact-1', { new_synctomkto: true });
    world.settle();
    world.state.policy = nativePolicy;
    world.dynamics.edit('contact-1', { jobtitle: 'Engineer' });
    world.settle();

    expect([record().keys, record().dueAtMs]).toEqual([undefined, null]);
  });

  it('looks again after both sides are read, and attaches nothing before', () => {
    const { world, account, record, look } = createContact(mail, { [key]: ['account-1'] });
    world.state.firstReadsComplete = false;
    look();
    expect([account(), record().waiting?.cause]).toEqual([null, 'first-reads']);

    world.state.firstReadsComplete = true;
    look();

    expect(account()).toBe('account/account-1');
  });

  it('that is read before both sides are waits for the end of that alone', () => {
    const world = createWorld({ firstReadsComplete: false });
    world.state.policy = { ...world.state.policy, attachAccounts: rule };
    world.dynamics.insert('contact', 'contact-1', mail);
    const { record } = world.readDynamics('contact-1');

    expect(record).toMatchObject({
      waiting: { cause: 'first-reads' },
      keys: [`sought:${key}`],
      dueAtMs: null,
    });
  });

  it('keeps the rest of its row when Dynamics refuses the account', () => {
    const { world, record, look } = createContact(mail, { [key]: ['account-1'] });
    world.state.refused.add('parentcustomerid');
    look();
    expect(troublesOf(record())).toMatchObject([{ code: 'DYNAMICS_REFUSED', field: 'companyId' }]);
    expect(record().keys).toBe(undefined);

    world.marketo.write(world.marketo.ids()[0] ?? '', { title: 'Engineer' });
    world.settle();

    expect(writesTo(world, 'dynamics').at(-1)).toMatchObject({ jobtitle: 'Engineer' });
  });
});

it('a contact that is made of a person of Marketo gets its account once its row has been shown', () => {
  const world = createWorld();
  world.state.policy = { ...world.state.policy, attachAccounts: rule };
  world.state.accounts.set(key, ['account-1']);
  const person = world.marketo.create({ email: 'ann@example-works.com', lastName: 'Byron' });
  world.readMarketo(person);
  world.ask(person, { arguments: { as: 'contact' } });
  world.settle();
  const [rowId = ''] = world.dynamics.ids();
  const page = { kind: 'event', system: 'dynamics', table: 'contact', written: null } as const;
  const { goldenId } = world.record(`dynamics/contact/${rowId}`);
  world.handAnswer({ ...page, goldenId, event: world.dynamics.change(rowId, 'LIVE') });
  world.wakeUp(0);
  world.settle();

  expect(world.dynamics.column(rowId, 'parentcustomerid')).toBe('account/account-1');
});

describe('an account', () => {
  const policy = { ...nativePolicy, attachAccounts: rule };
  const fields = { name: 'Example  Works', websiteurl: 'http://www.Example-Works.com/en', ownerid: null };
  const told = ({ forwards }: { forwards: readonly object[] }) =>
    forwards.map((forward) => ('target' in forward ? forward.target : null));

  it('is found by its name and the host of its website, and tells those who look for them', () => {
    const story = createEntityStory('account', undefined, policy);
    const { forwards } = story.row(1, fields);

    expect(story.state.record?.keys).toEqual(['name/example works', key]);
    expect(forwards).toMatchObject([
      { kind: 'wake-up', reason: 'seekers', target: 'name/example works' },
      { kind: 'wake-up', reason: 'seekers', target: key },
    ]);
  });

  it('tells again when nobody has answered for a minute, and not when somebody has', () => {
    const story = createEntityStory('account', undefined, policy);
    story.row(1, fields);
    story.wish('seekers', key);

    expect(told(story.wakeUp(59_000))).toEqual([]);
    expect(told(story.wakeUp(1_000))).toEqual(['name/example works']);
    story.wish('seekers', 'name/example works');
    expect(story.state.record?.attaching).toBe(undefined);
    expect(story.wish('seekers', 'name/example works').dirty).toBe(false);
  });

  it('tells nobody any more when the rule is gone', () => {
    const story = createEntityStory('account', undefined, policy);
    story.row(1, fields);
    const native = createEntityStory();
    native.state.record = story.state.record;

    expect(told(native.wakeUp(60_000))).toEqual([]);
    expect(native.state.record).not.toHaveProperty('attaching');
  });

  it('looks for nothing itself', () => {
    const story = createEntityStory('account', undefined, policy);
    story.row(1, fields);

    expect(keysSought(story.state.record ?? {})).toEqual([]);
  });

  it.each([
    ['is in use', { value: 0, label: 'Active' }, ['name/example works', key]],
    ['shows no state', null, ['name/example works', key]],
    ['is used again', { value: 0, label: 'Active' }, ['name/example works', key]],
    ['is used no more', { value: 1, label: 'Inactive' }, undefined],
  ])('that %s is found, or not, as its state says, until it shows another one', (what, statecode, keys) => {
    const story = createEntityStory('account', undefined, policy);
    if (what === 'is used again') story.row(1, { ...fields, statecode: { value: 1, label: 'Inactive' } });
    story.row(2, { ...fields, statecode });
    expect(story.state.record?.keys).toEqual(keys);

    story.row(3, fields);
    expect(story.state.record?.keys).toEqual(keys);
  });

  it.each([
    ['is deactivated', { ...fields, statecode: { value: 1, label: 'Inactive' } }],
    ['has lost a merge', { ...fields, merged: true }],
  ])('that %s is not found any more, which those who look for it are told', (_, changed) => {
    const story = createEntityStory('account', undefined, policy);
    story.row(1, fields);
    story.wish('seekers', key);
    story.wish('seekers', 'name/example works');

    expect(told(story.row(2, changed))).toEqual(['name/example works', key]);
    expect(story.state.record?.keys).toBe(undefined);
  });

  it('that is deleted is not found any more', () => {
    const story = createEntityStory('account', undefined, policy);
    story.row(1, fields);
    story.deleted(2);

    expect(story.state.record?.keys).toBe(undefined);
  });

  it('tells nobody of a first load, and nobody without the rule', () => {
    const [loading, native] = [createEntityStory('account', undefined, policy), createEntityStory()];

    expect(told(loading.row(1, fields, { lane: 'BACKFILL' }))).toEqual([]);
    expect(told(native.row(1, fields))).toEqual([]);
    expect(native.state.record?.keys).toEqual(['name/example works', key]);
  });
});
