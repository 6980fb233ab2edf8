import { createProgress, paceOf } from './progress.ts';

/** Progress in lines, by a clock that is moved. */
function printed() {
  let nowMs = 0;
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const progress = createProgress({ isTerminal: false, print, nowMs: () => nowMs });

  return { lines, progress, pass: (ms: number) => void (nowMs += ms) };
}

describe('createProgress', () => {
  it('prints a line every few seconds where there is no terminal, and the last state at the end', () => {
    const { lines, progress, pass } = printed();
    for (let done = 0; done <= 40; done += 10) {
      progress.show([{ title: 'rows', done, total: 100 }]);
      pass(1_000);
    }
    progress.stop();
    expect(lines).toEqual([
      '  rows 0/100  waiting',
      '  rows 30/100  10/s, 7 s left',
      '  rows 40/100  8/s, 8 s left',
    ]);
  });

  // Rows that came at 455 a second were told of at 30, since persons took longer.
  it('keeps the rate of what is done while something else goes on', () => {
    const { lines, progress, pass } = printed();
    progress.show([{ title: 'rows', done: 0, total: 100 }]);
    pass(1_000);
    progress.show([{ title: 'rows', done: 100, total: 100 }]);
    pass(9_000);
    progress.show([{ title: 'rows', done: 100, total: 100 }]);

    expect(lines.at(-1)).toBe('  rows 100/100  100/s, done');
  });
});

describe('paceOf', () => {
  it('tells rate and time left, and when it is done', () => {
    expect(paceOf({ title: '', done: 50, total: 200 }, 2_000)).toBe('25/s, 6 s left');
    expect(paceOf({ title: '', done: 200, total: 200 }, 4_000)).toBe('50/s, done');
  });
});
