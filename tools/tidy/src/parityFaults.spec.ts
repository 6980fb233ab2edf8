import { parityFaults, parityIds } from './parityFaults.ts';

const titles = new Set(['keeps both edits']);
const proven = '| F-01 | merges | `test: "keeps both edits"` |';

const one = '1 rows: 1 proven, 0 in part, 0 open.';

describe('parityFaults', () => {
  it('is content when each id has one row that is proven or open', () => {
    expect(
      parityFaults(
        ['F-01', 'G-02'],
        `2 rows: 1 proven, 0 in part, 1 open.\n| row | does | proof |\n|---|---|---|\n${proven}\n| G-02 | x | open |`,
        titles,
      ),
    ).toEqual([]);
  });

  it('names ids without a row, with two rows, and unknown ones', () => {
    const rows = `${proven}\n${proven}\n| F-99 | x | open |`;
    const tally = '3 rows: 2 proven, 0 in part, 1 open.';
    expect(parityFaults(['F-01', 'F-02'], `${tally}\n${rows}`, titles)).toEqual([
      'docs/parity.md has 2 rows for F-01, not one.',
      'docs/parity.md has 0 rows for F-02, not one.',
      'docs/parity.md has a row F-99, which is not a known id.',
    ]);
  });

  it('names a test that does not exist', () => {
    expect(parityFaults(['F-01'], `${one}\n${proven}`, new Set())).toEqual([
      'F-01: no test is called "keeps both edits".',
    ]);
  });

  it('refuses a row that neither names a test nor says open in its last cell', () => {
    expect(parityFaults(['F-01'], `${one}\n| F-01 | an open question | yes |`, titles)).toEqual([
      'F-01: the last cell names no test and does not say open.',
    ]);
  });

  it('says what the page should count', () => {
    const page = `${one}\n${proven}\n| G-02 | x | \`test: "keeps both edits"\`; rest open |`;

    expect(parityFaults(['F-01', 'G-02'], page, titles)).toEqual([
      'docs/parity.md does not say "2 rows: 1 proven, 1 in part, 0 open."',
    ]);
  });

  it('knows the rows of the fact file', () => {
    expect(parityIds).toHaveLength(93);
    expect(parityIds).toEqual(expect.arrayContaining(['F-18', 'F-20', 'F-45', 'F-65', 'G-35']));
    expect(parityIds).not.toContain('F-19');
  });
});
