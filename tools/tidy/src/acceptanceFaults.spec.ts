import { acceptanceFaults } from './acceptanceFaults.ts';

const titles = new Set(['keeps both edits']);

function readme(...rows: readonly string[]): string {
  return [
    '| 1 | elsewhere |',
    '## Acceptance list',
    '',
    '| item | there | proof |',
    ...rows,
    '',
    '## Next',
    '| 2 |',
  ].join('\n');
}

describe('acceptanceFaults', () => {
  it('is content when each number has one row that is proven or open', () => {
    const rows = readme('| 1 | merges | `test: "keeps both edits"` |', '| 2 | x | open |');
    expect(acceptanceFaults([1, 2], rows, titles)).toEqual([]);
  });

  it('names numbers without a row, tests that do not exist, and rows without proof', () => {
    const rows = readme('| 1 | merges | `test: "keeps none"` |', '| 2 | x | yes |', '| 2.1 | y | yes |');
    expect(acceptanceFaults([1, 2, 3], rows, titles)).toEqual([
      'the acceptance list has 0 rows for 3, not one.',
      '1: no test is called "keeps none".',
      '2: the last cell names no test and does not say open.',
      '2.1: the last cell names no test and does not say open.',
    ]);
  });
});
