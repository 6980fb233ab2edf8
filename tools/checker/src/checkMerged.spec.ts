import { checkHistory } from './checkHistory.ts';
import { edit, exampleHistory, linkedPair, remove, rowId, type ExampleStep } from './exampleHistory.ts';
import type { ExpectedRules } from './expectedRules.ts';
import { findingKinds, type FindingKind } from './verdict.ts';

const loser: ExampleStep = edit('lead', { statecode: 2, merged: true });
const mergedPersons = [{ loserId: '7', winnerId: '8' }];
/** Somebody who has the row of the one that is gone. */
const next = (by: ExampleStep['by']): ExampleStep => ({ on: 'person', by, id: '9', set: { crmId: rowId } });

function judge(
  steps: readonly ExampleStep[],
  merged: typeof mergedPersons = [],
  rules: ExpectedRules = {},
): Record<string, unknown> {
  const verdict = checkHistory(exampleHistory(steps, { mergedPersons: merged, rules }));
  const found: readonly FindingKind[] = findingKinds.filter((kind) => verdict[kind].length > 0);
  return { found, exempt: verdict.exempt.map(({ reason }) => reason) };
}

describe('a row that lost a merge', () => {
  it('may differ from its person, and is not written any more', () => {
    const merged = [...linkedPair('lead'), loser];

    expect(judge([...merged, edit('person', { phone: '2' })])).toEqual({ found: [], exempt: ['merged'] });
    expect(judge([...merged, edit('lead', { telephone1: '2' }, 'application')]).found).toEqual([
      'unexplainedWrites',
    ]);
    expect(judge([...linkedPair('lead'), edit('person', { phone: '2' })]).found).toContain('differences');
  });
});

describe('a row whose person was merged', () => {
  const written = [edit('lead', { telephone1: '2' }), edit('person', { phone: '2' }, 'application')];
  const gone = [...linkedPair('lead'), ...written, remove('person')];

  it('may have whoever people gave its key, and nobody new of us', () => {
    expect(judge(gone, mergedPersons)).toEqual({ found: [], exempt: ['merged'] });
    expect(judge([...gone, next('human')], mergedPersons).found).toEqual([]);
    expect(judge([...gone, next('application')], mergedPersons).found).toEqual(['revived']);
  });

  it('is judged as any other where nobody merged it', () => {
    expect(judge([...gone, edit('lead', { telephone1: '3' })]).found).toContain('missing');
  });

  it('has one person at most', () => {
    const two = [...linkedPair('lead'), next('human'), { ...next('human'), id: '8' }, remove('person')];

    expect(judge(two, mergedPersons).found).toContain('doubled');
  });
});

describe('where merges are followed', () => {
  const removed: ExampleStep = { ...remove('person'), by: 'application' };

  it('the person of a row that lost one may be deleted by us, and of no other row', () => {
    const merged = [...linkedPair('lead'), loser, removed];

    expect(judge(merged, [], { mergedInDynamics: 'follow' }).found).toEqual([]);
    expect(judge(merged, [], { mergedInMarketo: 'follow' }).found).toContain('unexpected');
    expect(judge([...linkedPair('lead'), removed], [], { mergedInDynamics: 'follow' }).found).toContain(
      'unexpected',
    );
  });

  it('whoever carries on may hold what the other one had', () => {
    const gained = [...linkedPair('lead'), edit('person', { phone: '2' }, 'application')];
    const won = [{ loserId: '8', winnerId: '7' }];
    const other: ExampleStep = { ...loser, id: 'other', set: { ...loser.set, masterid: { id: rowId } } };

    expect(judge(gained, won, { mergedInMarketo: 'follow' }).found).toEqual([]);
    expect(judge([...gained, other], [], { mergedInDynamics: 'follow' }).exempt).toContain('merged');
    expect(judge(gained, won).found).toContain('unexplainedWrites');
  });
});
