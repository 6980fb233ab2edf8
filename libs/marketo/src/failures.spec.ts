import { answerFailure, faultFailure } from './failures.ts';

const unknown = { code: '709', message: 'business rule' };

describe('the failure of a whole call', () => {
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
