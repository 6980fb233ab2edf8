import { fateOf, isSyncError, SyncError } from './errors.ts';
import type { Fate } from './errorEntry.ts';
import { errorTable } from './errorTable.ts';

describe('the fate of a failure', () => {
  it.each<[Fate, readonly (keyof typeof errorTable)[]]>([
    ['RETRY', ['KAFKA_UNREACHABLE', 'MONGODB_UNREACHABLE', 'DYNAMICS_BUSY', 'MARKETO_BUSY', 'LEASE_LOST']],
    ['PARK', ['MESSAGE_UNDECODABLE', 'DYNAMICS_REFUSED', 'MARKETO_REFUSED', 'VALUE_NOT_REPRESENTABLE']],
    ['STOP', ['CONFIG_INVALID', 'KAFKA_FENCED', 'TOPIC_MISSING', 'SCHEMA_INCOMPATIBLE', 'INTERNAL']],
  ])('is %s for %j', (fate, codes) => {
    expect(codes.map((code) => fateOf(new SyncError(code)))).toEqual(codes.map(() => fate));
  });

  it.each([new TypeError('a slip of ours'), null, 'text', { code: 'ECONNRESET' }])(
    'is to stop for what nobody foresaw: %p',
    (error) => {
      expect(fateOf(error)).toBe('STOP');
    },
  );
});

describe('an error of the product', () => {
  it('says its code, what an operator should know, and the facts', () => {
    const cause = new Error('socket closed');
    const error = new SyncError('TOPIC_MISSING', { topic: 'lockstep.inbox' }, { cause });

    expect(error.message).toBe(`TOPIC_MISSING: ${errorTable.TOPIC_MISSING.sentence} topic=lockstep.inbox`);
    expect(error).toMatchObject({ code: 'TOPIC_MISSING', details: { topic: 'lockstep.inbox' }, cause });
  });

  it('is known by its code, of whatever class it is', () => {
    expect(isSyncError({ code: 'LEASE_LOST' })).toBe(true);
    expect(isSyncError({ code: 'LEASE_LOST' }, 'KAFKA_FENCED', 'LEASE_LOST')).toBe(true);
    expect(isSyncError({ code: 'LEASE_LOST' }, 'KAFKA_FENCED')).toBe(false);
    expect(isSyncError(new Error('LEASE_LOST'))).toBe(false);
    expect(isSyncError({ code: 'ECONNRESET' })).toBe(false);
    expect(isSyncError(undefined)).toBe(false);
  });

  it('has a whole sentence for every code', () => {
    const wrong = Object.entries(errorTable).filter(([, { sentence }]) => !/^[A-Z].*\.$/.test(sentence));

    expect(wrong).toEqual([]);
  });
});
