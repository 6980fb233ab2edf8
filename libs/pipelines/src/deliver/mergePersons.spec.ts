import { SyncError, type WriteCommand } from '@lockstep/change-events';
import { inMemoryMarketo } from '@lockstep/ports';
import { createCallNumbers } from '../callNumbers.ts';
import { exampleClock, exampleCommand, exampleLease } from '../pipelineFixtures.ts';
import { createPersonCalls } from './personCalls.ts';

function createSetting() {
  const clock = exampleClock();
  const marketo = inMemoryMarketo({ now: clock.now });
  const lease = exampleLease();
  const calls: string[] = [];
  marketo.hooks.beforeCall = (operation) => void calls.push(operation);
  const call = createPersonCalls({
    ...{ people: marketo, numbers: createCallNumbers(1), lease, clock },
    ...{ gatherMs: 1, traffic: { coming: 0 } },
  });
  const send = (changes: Partial<WriteCommand>) => call(exampleCommand({ fields: {}, ...changes }));
  marketo.seed([{ lastName: 'Reed' }, { title: 'Pilot' }, { phone: '1' }]);
  return {
    clock,
    marketo,
    lease,
    calls,
    send,
    merge: (loserIds: string[]) => send({ operation: 'MERGE', personId: '1', loserIds }),
  };
}

const ids = ({ marketo }: ReturnType<typeof createSetting>) => marketo.persons().map(({ id }) => id);

describe('a command to merge persons', () => {
  it('merges them in one call', async () => {
    const setting = createSetting();

    const outcome = await setting.merge(['2', '3']);

    expect(outcome).toMatchObject({ result: 'MERGED', personId: '1', sent: { epoch: 1 }, code: null });
    expect(ids(setting)).toEqual(['1']);
    expect(setting.marketo.persons()[0]?.fields).toMatchObject({
      lastName: 'Reed',
      title: 'Pilot',
      phone: '1',
    });
    expect(setting.calls.filter((call) => call === 'mergePersons')).toHaveLength(1);
  });

  it('merges those who are left, and is done when nobody is', async () => {
    const setting = createSetting();
    await setting.merge(['2']);

    expect(await setting.merge(['2', '3'])).toMatchObject({ result: 'MERGED' });
    expect(await setting.merge(['2', '3'])).toMatchObject({ result: 'MERGED', sent: null });
    expect(ids(setting)).toEqual(['1']);
    expect(setting.calls.filter((call) => call === 'mergePersons')).toHaveLength(2);
  });

  it('waits for three minutes when its answer is lost', async () => {
    const setting = createSetting();
    setting.marketo.hooks.beforeCall = (operation) => {
      if (operation === 'mergePersons') throw new SyncError('MARKETO_OUTCOME_UNKNOWN');
    };

    const outcome = await setting.merge(['2']);

    expect(outcome.result).toBe('UNKNOWN');
    expect(Date.parse(outcome.retryAt ?? '') - setting.clock.now()).toBe(185_000);
  });

  it('names a winner who is not there', async () => {
    const { marketo, merge } = createSetting();
    marketo.remove('1');

    expect(await merge(['2'])).toMatchObject({ result: 'NOT_FOUND' });
  });

  it.each([
    ['nobody', []],
    ['its winner', ['1', '2']],
    ['more than 25', Array.from({ length: 26 }, (_, n) => String(n + 2))],
  ])('is refused when it is to merge %s', async (_, loserIds) => {
    const setting = createSetting();

    expect(await setting.merge(loserIds)).toMatchObject({ result: 'REFUSED', code: 'MESSAGE_UNEXPECTED' });
    expect(setting.calls).toEqual([]);
  });

  it('is not sent without the lease', async () => {
    const setting = createSetting();
    setting.marketo.hooks.beforeCall = () => setting.lease.lose();

    await expect(setting.merge(['2'])).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(ids(setting)).toEqual(['1', '2', '3']);
  });
});

describe('commands to delete persons', () => {
  it('share a call, and name who is not there', async () => {
    const setting = createSetting();
    const { send, calls } = setting;

    const outcomes = await Promise.all(
      ['2', '9', '3'].map((personId) => send({ operation: 'DELETE', personId, goldenId: `g${personId}` })),
    );

    expect(outcomes.map(({ result, personId }) => [result, personId])).toEqual([
      ['DELETED', '2'],
      ['NOT_FOUND', '9'],
      ['DELETED', '3'],
    ]);
    expect(ids(setting)).toEqual(['1']);
    expect(calls).toEqual(['findPersons', 'deletePersons']);
  });

  it('tell what the person held until then, whoever wrote it last', async () => {
    const { send, marketo } = createSetting();
    marketo.hooks.beforeCall = (operation) => {
      if (operation === 'findPersons') marketo.edit('2', { unsubscribed: true });
    };

    const outcome = await send({ operation: 'DELETE', personId: '2' });

    expect(outcome).toMatchObject({ result: 'DELETED', state: { title: 'Pilot', unsubscribed: true } });
  });
});
