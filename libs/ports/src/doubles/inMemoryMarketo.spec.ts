import { isSyncError, SyncError } from '@lockstep/change-events';
import { marketoContract } from '../contracts/marketoPeopleContract.ts';
import type { UpsertRequest } from '../marketoPeople.ts';
import { inMemoryMarketo } from './inMemoryMarketo.ts';
import { inMemoryMarketoObjects } from './inMemoryMarketoObjects.ts';

const now = () => Date.UTC(2026, 0, 1);

describe.each([
  ['full pages', 300],
  ['short and empty pages', 1],
])('the in-memory Marketo with %s', (_name, feedBlock) => {
  marketoContract(async () => {
    const objects = inMemoryMarketoObjects();
    const people = inMemoryMarketo({ now, feedBlock, objects });

    return {
      people,
      objects,
      human: {
        seed: async (persons) => people.seed(persons),
        edit: async (id, fields) => people.edit(id, fields),
        remove: async (id) => people.remove(id),
        merge: async (winnerId, loserIds) => people.merge(winnerId, loserIds),
        list: async (memberIds) => people.list(memberIds),
        move: async (id, partitionName) => people.move(id, partitionName),
      },
      prepareVisits: async () => {},
      close: async () => {},
    };
  });
});

describe('the in-memory Marketo', () => {
  const request: UpsertRequest = {
    action: 'createOrUpdate',
    lookupField: 'lockstepId',
    input: [{ lockstepId: 'g-1', lastName: 'Reed' }],
  };

  it('writes late what a hook puts off', async () => {
    const marketo = inMemoryMarketo({ now });
    marketo.hooks.beforeUpsert = () => 'LATER';

    const error: unknown = await marketo.upsert(request).catch((thrown: unknown) => thrown);

    expect(isSyncError(error, 'MARKETO_OUTCOME_UNKNOWN')).toBe(true);
    expect(marketo.persons()).toEqual([]);
    expect(marketo.commitLate()).toBe(1);
    expect(marketo.persons().map(({ fields }) => fields['lastName'])).toEqual(['Reed']);
  });

  it('loses an answer after the commit when a hook says so', async () => {
    const marketo = inMemoryMarketo({ now });
    marketo.hooks.afterUpsert = () => {
      throw new SyncError('MARKETO_OUTCOME_UNKNOWN');
    };

    await expect(marketo.upsert(request)).rejects.toMatchObject({ code: 'MARKETO_OUTCOME_UNKNOWN' });
    expect(marketo.persons()).toHaveLength(1);
  });

  it('logs every state with who made it and what changed', async () => {
    const marketo = inMemoryMarketo({ now });
    const [id = ''] = marketo.seed([{ lastName: 'Reed' }]);
    await marketo.upsert({ action: 'updateOnly', lookupField: 'id', input: [{ id, lastName: 'Ours' }] });
    marketo.edit(id, { lastName: 'Ours' });
    marketo.remove(id);

    expect(marketo.states.map(({ actorKind, operation }) => [actorKind, operation])).toEqual([
      ['human', 'create'],
      ['application', 'update'],
      ['human', 'delete'],
    ]);
    expect(marketo.states[1]?.changed).toEqual({ lastName: { before: 'Reed', after: 'Ours' } });
  });
});
