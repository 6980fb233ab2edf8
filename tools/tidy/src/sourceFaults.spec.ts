import { folderFaults, sourceFaults } from './sourceFaults.ts';

// The forbidden words are put together here, so that this file does not hold them.
const forbidden: [string, string][] = [
  ['a leftover marker', `// ${['TO', 'DO'].join('')}: later`],
  ['a focused test', `${['it', 'only'].join('.')}('x')`],
  ['a skipped suite', `${['describe', 'skip'].join('.')}('x')`],
  ['a skipped test', `${['x', 'it'].join('')}('x')`],
  ['a switched-off lint rule', `// ${['eslint', 'disable'].join('-')}-next-line`],
  ['a switched-off type check', `// @${['ts', 'ignore'].join('-')}`],
  ['a path of one machine', `const home = '${['', 'root', 'cache'].join('/')}';`],
  ['a registry', `https://${['registry', 'npmjs', 'org'].join('.')}/left-pad`],
];

describe('sourceFaults', () => {
  it.each(forbidden)('finds %s', (_name, line) => {
    const [fault, ...others] = sourceFaults([{ path: 'libs/a/src/a.ts', text: `first line\n${line}\n` }]);

    expect(fault).toMatch(/^libs\/a\/src\/a\.ts:2 /);
    expect(others).toEqual([]);
  });

  it('lets ordinary text pass', () => {
    const address = `https://host${['', 'work', 'items'].join('/')}`;
    const text = `exit(1); await retry.only; // methodology, /workers/, ${address}, a skipped row`;

    expect(sourceFaults([{ path: 'libs/a/src/a.ts', text }])).toEqual([]);
  });
});

describe('folderFaults', () => {
  it('refuses a folder without a topic', () => {
    expect(folderFaults(['libs/a/src/utils/b.ts', 'libs/a/src/http/c.ts'])).toHaveLength(1);
  });
});
