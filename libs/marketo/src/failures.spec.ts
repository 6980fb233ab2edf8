import { fateOf } from '@lockstep/change-events';
import { answerFailure, faultFailure, positionFailure } from './failures.ts';

const unknown = { code: '709', message: 'business rule' };

/** Every code of a whole call (marketo-rest 6): what it is for a read, and for a write when that differs. */
const rows: readonly (readonly [code: string, read: string, write?: string])[] = [
  ['502', 'MARKETO_BUSY', 'MARKETO_OUTCOME_UNKNOWN'],
  ['601', 'MARKETO_CREDENTIALS'],
  ['602', 'MARKETO_CREDENTIALS'],
  ['603', 'MARKETO_FORBIDDEN'],
  ['604', 'MARKETO_UNREACHABLE', 'MARKETO_OUTCOME_UNKNOWN'],
  ['605', 'MARKETO_ANSWER_INVALID'],
  ['606', 'MARKETO_BUSY'],
  ['607', 'MARKETO_QUOTA_SPENT'],
  ['608', 'MARKETO_BUSY'],
  ['609', 'MARKETO_ANSWER_INVALID', 'MARKETO_REFUSED'],
  ['610', 'MARKETO_ANSWER_INVALID'],
  ['611', 'MARKETO_BUSY', 'MARKETO_OUTCOME_UNKNOWN'],
  ['612', 'MARKETO_ANSWER_INVALID'],
  ['613', 'MARKETO_ANSWER_INVALID'],
  ['614', 'MARKETO_BUSY'],
  ['615', 'MARKETO_BUSY'],
  ['616', 'MARKETO_FORBIDDEN'],
  ['701', 'MARKETO_ANSWER_INVALID', 'MARKETO_REFUSED'],
  ['702', 'MARKETO_ANSWER_INVALID', 'MARKETO_REFUSED'],
  ['703', 'MARKETO_FORBIDDEN'],
  ['704', 'MARKETO_ANSWER_INVALID', 'MARKETO_REFUSED'],
  ['709', 'MARKETO_ANSWER_INVALID', 'MARKETO_REFUSED'],
  ['712', 'MARKETO_ANSWER_INVALID', 'MARKETO_REFUSED'],
  ['713', 'MARKETO_BUSY', 'MARKETO_OUTCOME_UNKNOWN'],
  ['714', 'MARKETO_ANSWER_INVALID', 'MARKETO_REFUSED'],
  ['718', 'MARKETO_ANSWER_INVALID', 'MARKETO_REFUSED'],
  ['719', 'MARKETO_BUSY', 'MARKETO_OUTCOME_UNKNOWN'],
  ['1006', 'MARKETO_FIELD_UNKNOWN'],
  ['1011', 'MARKETO_FIELD_UNKNOWN'],
  ['1016', 'MARKETO_BUSY'],
  ['1018', 'MARKETO_NATIVE_SYNC'],
  ['1019', 'MARKETO_BUSY'],
  ['1029', 'MARKETO_BUSY'],
];

const classes = rows.map(([code, read, write]) => [code, read, write ?? read] as const);

/** Codes that say that Marketo, its rights or we are to blame: they must never park a person's record. */
const notOfRecords = classes.filter(([, , write]) => write !== 'MARKETO_REFUSED');

describe('the failure of a whole call', () => {
  it.each(classes)('is for %s of a read %s, of a write %s', (code, read, write) => {
    expect(faultFailure({ code, message: '' }, 'read').code).toBe(read);
    expect(faultFailure({ code, message: '' }, 'write').code).toBe(write);
  });

  it.each<[string, number | null, string, string]>([
    ['a body above 1 MB', 413, 'MARKETO_ANSWER_INVALID', 'MARKETO_REFUSED'],
    ['an address above 8 KB', 414, 'MARKETO_ANSWER_INVALID', 'MARKETO_REFUSED'],
    ['too many calls for a gateway', 429, 'MARKETO_BUSY', 'MARKETO_OUTCOME_UNKNOWN'],
    ['a server that fails', 500, 'MARKETO_BUSY', 'MARKETO_OUTCOME_UNKNOWN'],
    ['a gateway that fails', 502, 'MARKETO_BUSY', 'MARKETO_OUTCOME_UNKNOWN'],
    ['a body that is empty or no JSON', 200, 'MARKETO_UNREACHABLE', 'MARKETO_OUTCOME_UNKNOWN'],
    ['no answer', null, 'MARKETO_UNREACHABLE', 'MARKETO_OUTCOME_UNKNOWN'],
  ])('is for %s (%s) of a read %s, of a write %s', (_what, status, read, write) => {
    expect(answerFailure(status, 'why', 'read').code).toBe(read);
    expect(answerFailure(status, 'why', 'write').code).toBe(write);
  });

  it('parks no record for what is not the fault of one', () => {
    const fates = notOfRecords.map(([code]) => fateOf(faultFailure({ code, message: '' }, 'write')));

    expect(fates).not.toContain('PARK');
  });

  it('tells the spent megabytes of exports from their full queue', () => {
    const message = 'Export daily quota 500MB exceeded';

    expect(faultFailure({ code: '1029', message }, 'read').code).toBe('MARKETO_QUOTA_SPENT');
  });

  it('is laid at the records of a write, so that one of them cannot hold up all others', () => {
    expect(faultFailure(unknown, 'write').code).toBe('MARKETO_REFUSED');
    expect(answerFailure(413, 'too large', 'write').code).toBe('MARKETO_REFUSED');
  });

  it('is an invalid answer when nothing was to be written', () => {
    expect(faultFailure(unknown, 'read').code).toBe('MARKETO_ANSWER_INVALID');
  });

  it('leaves the outcome of a write open when it may have come after the commit', () => {
    expect(faultFailure({ code: '604', message: '' }, 'write').code).toBe('MARKETO_OUTCOME_UNKNOWN');
    expect(answerFailure(502, 'gateway', 'write').code).toBe('MARKETO_OUTCOME_UNKNOWN');
  });
});

describe('the failure of a read from a place in a feed', () => {
  const failureOf = (code: string) => positionFailure(faultFailure({ code, message: '' }, 'read'));

  it.each(['609', '701', '702', '704', '709', '1003', '1099'])(
    'is a lost place when Marketo complains of what the call holds: %s',
    (code) => {
      expect(failureOf(code)).toMatchObject({
        code: 'MARKETO_POSITION_LOST',
        details: { marketoCode: code },
      });
    },
  );

  it.each([
    ['603', 'MARKETO_FORBIDDEN'],
    ['608', 'MARKETO_BUSY'],
    ['610', 'MARKETO_ANSWER_INVALID'],
    ['1006', 'MARKETO_FIELD_UNKNOWN'],
  ])('is what it is for any read when it says nothing of the place: %s', (code, meant) => {
    expect(failureOf(code)).toMatchObject({ code: meant });
  });
});
