import type { FieldValues, InboxMessage } from '@lockstep/change-events';
import type { EntityType } from '../entityType.ts';
import { builtInType } from '../entityTypes.ts';
import { createEntityStory } from './exampleEntities.ts';
import { linkedPair } from './examplePairs.ts';
import { goldenIdOf } from '../goldenIds.ts';
import { nativePolicy } from '../policy.ts';

/** Worked examples of rows that stay out of Marketo until somebody names them (G-09). */

const [accountId, contactId, opportunityId] = ['account-1', 'contact-1', 'opportunity-1'];
const onlyNamed = (...tables: string[]) => ({
  ...nativePolicy,
  filters: { byTable: {}, onlyNamed: tables },
});
const named = (table: string, id: string) => ({
  ...{ kind: 'wake-up', goldenId: goldenIdOf(`dynamics/${table}/${id}`), reason: 'named', target: null },
});
const namedIn = ({ forwards }: { forwards: readonly InboxMessage[] }) =>
  forwards.filter((message) => message.kind === 'wake-up' && message.reason === 'named');

describe('a person whose account waits until somebody names it', () => {
  /** A contact of an account and an owner, neither of whom Marketo has. */
  function createContact(parents: FieldValues = {}) {
    const pair = linkedPair('contact', { jobtitle: 'Engineer', ...parents } as Record<string, string>);
    const { world } = pair;
    world.state.policy = { ...world.state.policy, ...onlyNamed('account') };
    world.state.decisions.length = 0;
    world.wakeUp(15_000);
    return { ...pair, told: () => world.state.decisions.flatMap(namedIn) };
  }

  it('says so to the record of the account, and to nobody else whom it waits for', () => {
    const { told } = createContact({
      parentcustomerid: `account/${accountId}`,
      ownerid: 'systemuser/user-1',
    });

    expect(told()).toEqual([named('account', accountId)]);
  });

  it('says so again as often as it looks for the account, and not any more once that is there', () => {
    const { world, told } = createContact({ parentcustomerid: `account/${accountId}` });
    world.wakeUp(29_000);
    expect(told()).toHaveLength(1);
    world.wakeUp(1_000);
    expect(told()).toHaveLength(2);

    world.state.parents.add(accountId);
    world.wakeUp(60_000);
    world.settle();
    world.wakeUp(120_000);

    expect(told()).toHaveLength(2);
  });

  it('says nothing of the account while it waits for its owner alone', () => {
    const without = createContact({ ownerid: 'systemuser/user-1' });
    expect(without.told()).toEqual([]);

    const pair = linkedPair('contact', { parentcustomerid: 'account/account-1', ownerid: 'team/team-1' });
    pair.world.state.policy = { ...pair.world.state.policy, ...onlyNamed('account') };
    pair.world.state.parents.add('account-1');
    pair.world.settle();
    pair.world.wakeUp(15_000);

    expect(pair.world.state.decisions.flatMap(namedIn)).toEqual([]);
  });
});

describe('a role whose opportunity waits until somebody names it', () => {
  const connection = {
    record1id: { id: opportunityId, table: 'opportunity' },
    record2id: { id: contactId, table: 'contact' },
    record2roleid: null,
  };
  const createRole = () => createEntityStory('connection', undefined, onlyNamed('opportunity'));

  it('lets it in when its person is in Marketo, though the connection says no role', () => {
    const { row, state } = createRole();
    state.parents.set(contactId, 7);

    expect(row(1, connection)).toMatchObject({
      commands: [],
      forwards: [named('opportunity', opportunityId)],
    });
  });

  it('says nothing while its person is not in Marketo', () => {
    const { row, wakeUp, state } = createRole();
    expect(namedIn(row(1, connection))).toEqual([]);
    state.parents.set(contactId, 7);

    expect(namedIn(wakeUp(15_000))).toEqual([named('opportunity', opportunityId)]);
  });

  it('lets it in as long as Marketo has the role, also when its person is gone from there', () => {
    const { row, answer, wakeUp, state } = createRole();
    state.parents.set(contactId, 7).set(opportunityId, opportunityId);
    answer(row(1, connection), { result: 'CREATED', personId: 'guid-1' });
    state.parents.clear();

    expect(namedIn(wakeUp(1_000))).toEqual([named('opportunity', opportunityId)]);
  });
});

it('a record that belongs to nobody but an account lets that in', () => {
  const type = {
    ...builtInType('opportunity'),
    mapping: builtInType('opportunity')?.mapping.map((row) =>
      row.field === 'externalCompanyId' ? { ...row, needed: true, through: undefined } : row,
    ),
  } as EntityType;
  const { row } = createEntityStory('opportunity', type, onlyNamed('account'));

  const decision = row(1, { name: '40 engines', customerid: { id: accountId, table: 'account' } });

  expect(decision.commands).toEqual([]);
  expect(namedIn(decision)).toEqual([named('account', accountId)]);
});
