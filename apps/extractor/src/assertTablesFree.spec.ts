import { noteOf, overlapOf } from './assertTablesFree.ts';

const own = { lease: 'extractor/people', tables: ['lead', 'contact'] };
const members = (lease: string, ...notes: string[]) => ({ lease, notes, isSettled: true });

describe('tables of a group', () => {
  it('are free when no other group reads them', () => {
    expect(
      overlapOf(own, [members(own.lease, noteOf(own)), members('extractor/rest', 'account')]),
    ).toBeNull();
  });

  it('are taken when any member of another group reads one', () => {
    expect(overlapOf(own, [members('extractor/rest', 'account', 'account,contact')])).toEqual({
      lease: own.lease,
      otherLease: 'extractor/rest',
      tables: 'contact',
    });
  });

  it('are free when another group says nothing of itself', () => {
    expect(overlapOf(own, [members('extractor/rest', '')])).toBeNull();
  });
});
