import { printable } from './printable.ts';

describe('what is printed', () => {
  it.each([
    ['a command to the terminal', '\u001b]0;mine\u0007', '\\u001b]0;mine\\u0007'],
    ['the same in one character', '\u009b2J', '\\u009b2J'],
    ['a return to the beginning of the line', 'No errors.\rAnn', 'No errors.\\u000dAnn'],
    ['text that is turned around', 'a\u202eb', 'a\\u202eb'],
  ])('shows %s as an escape', (_, line, shown) => {
    expect(printable(line)).toBe(shown);
  });

  it('leaves all else as it is', () => {
    const line = '│ Zoë 😀 \\u001b\t€\n│';

    expect(printable(line)).toBe(line);
  });

  it('means the same when it is JSON', () => {
    const value = { name: 'a\u009b2J\u007f\u001b\r' };

    expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
  });
});
