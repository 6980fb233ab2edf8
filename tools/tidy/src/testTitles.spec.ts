import { testTitles } from './testTitles.ts';

describe('testTitles', () => {
  it('reads titles in any quotes, of plain and table tests', () => {
    const source = [
      "it('keeps both edits', () => {});",
      'test("waits", () => {});',
      "it.each([1, 2])('counts %i', () => {});",
      "it.each<[string, number]>([['x'.repeat(2), 2]])('repeats %s', () => {});",
      "it('doesn\\'t lose', async () => {});",
      'it(`spans\n lines`, () => {});',
    ].join('\n');

    expect([...testTitles([source])]).toEqual([
      'keeps both edits',
      'waits',
      'counts %i',
      'repeats %s',
      "doesn't lose",
      'spans\n lines',
    ]);
  });

  it('does not take a described subject or a comment for a test', () => {
    expect(testTitles(["describe('subject', () => {}); // submit('x')"]).size).toBe(0);
  });
});
