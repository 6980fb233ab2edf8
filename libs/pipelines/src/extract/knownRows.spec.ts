import { exampleId } from '../pipelineFixtures.ts';
import { createKnownRows } from './knownRows.ts';

const at = (version: number, second = 0, epoch = 1) => ({
  epoch,
  version,
  changedAt: `2026-11-22T10:00:${String(second).padStart(2, '0')}Z`,
});

describe('the packed index of published rows', () => {
  it.each([
    ['never published', exampleId(9), at(5), 'UNKNOWN'],
    ['published like this', exampleId(1), at(5), 'SAME'],
    ['published in an earlier version', exampleId(1), at(6, 1), 'DIFFERENT'],
    ['published in a later version', exampleId(1), at(4), 'BACKWARD'],
    ['published in this version at another time', exampleId(1), at(5, 1), 'BACKWARD'],
    ['deleted and created anew', exampleId(2), at(9), 'UNKNOWN'],
    ['deleted and put back', exampleId(2), at(5), 'BACKWARD'],
  ])('judges a row that was %s', (_, id, mark, verdict) => {
    const known = createKnownRows(1);
    known.learn(exampleId(1), at(5));
    known.learn(exampleId(2), at(5));
    known.learnDelete(exampleId(2));

    expect(known.judge(id, mark)).toBe(verdict);
  });

  it('takes the last event of a row for what is published, also when its version is lower', () => {
    const known = createKnownRows(1);
    known.learn(exampleId(1), at(9));
    known.learn(exampleId(1), at(3));

    expect(known.judge(exampleId(1), at(3))).toBe('SAME');
  });

  it('expects lower versions once an epoch is over', () => {
    const known = createKnownRows(2);
    known.learn(exampleId(1), at(5, 0, 1));
    known.learn(exampleId(2), at(5, 0, 2));
    const judged = () => [1, 2].map((n) => known.judge(exampleId(n), at(4)));
    expect(judged()).toEqual(['DIFFERENT', 'BACKWARD']);

    known.endEpoch();

    expect(judged()).toEqual(['DIFFERENT', 'DIFFERENT']);
  });

  it('names what was not met, and neither what is deleted nor what was refused', () => {
    const known = createKnownRows(1);
    for (const n of [1, 2, 3, 4]) known.learn(exampleId(n), at(5));
    known.learnDelete(exampleId(4));
    known.meet(exampleId(1), at(5));
    known.meet(exampleId(2), null);

    expect([...known.missing()]).toEqual([exampleId(3)]);
    expect(known.missingCount()).toBe(1);
    expect(known.count()).toBe(3);
  });

  it('knows in which version a row was met', () => {
    const known = createKnownRows(1);
    known.learn(exampleId(1), at(5));
    expect(known.isMetAt(exampleId(1), 5)).toBe(false);

    known.meet(exampleId(1), at(7));

    expect([5, 7, 8].map((version) => known.isMetAt(exampleId(1), version))).toEqual([true, true, false]);
  });

  it('keeps every row apart while it grows, in some 50 bytes each', () => {
    const known = createKnownRows(1);
    const rows = 50_000;
    for (let n = 0; n < rows; n += 1) known.learn(exampleId(n), at(n + 1));
    for (let n = 0; n < rows; n += 2) known.meet(exampleId(n), at(n + 1));

    expect(known.count()).toBe(rows);
    expect(known.missingCount()).toBe(rows / 2);
    expect(new Set(known.missing()).size).toBe(rows / 2);
    expect([0, 1, 33_333, rows - 1].map((n) => known.judge(exampleId(n), at(n + 1)))).toEqual(
      Array(4).fill('SAME'),
    );
    expect(known.bytes() / rows).toBeLessThan(60);
  });

  it.each([
    '',
    'not-a-guid',
    '00000000-0000-4000-8000-00000000000G',
    exampleId(1).toUpperCase().replace('0', 'A'),
  ])('refuses the key "%s"', (key) => {
    expect(() => createKnownRows(1).learn(key, at(1))).toThrow(
      expect.objectContaining({ code: 'DYNAMICS_ANSWER_INVALID' }),
    );
  });
});
