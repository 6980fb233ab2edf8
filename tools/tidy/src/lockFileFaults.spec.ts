import { lockFileFaults } from './lockFileFaults.ts';

function lockFile(packages: object): string {
  return JSON.stringify({ packages });
}

describe('lockFileFaults', () => {
  it('lets a workspace link and a nested optional package pass', () => {
    const packages = {
      'node_modules/@lockstep/kafka': { resolved: 'libs/kafka', link: true },
      'node_modules/a': { optionalDependencies: { 'a-linux': '1.0.0', 'a-darwin': '1.0.0' } },
      'node_modules/a/node_modules/a-linux': {},
      'node_modules/a-darwin': {},
    };

    expect(lockFileFaults(lockFile(packages))).toEqual([]);
  });

  it('names an address', () => {
    expect(lockFileFaults(lockFile({ 'node_modules/a': { resolved: 'https://host/a.tgz' } }))).toEqual([
      'node_modules/a resolves to https://host/a.tgz',
    ]);
  });

  it('names an optional package that is not locked', () => {
    const packages = { 'node_modules/b/node_modules/a': { optionalDependencies: { 'a-win32': '1.0.0' } } };

    expect(lockFileFaults(lockFile(packages))).toEqual([
      'node_modules/b/node_modules/a may need a-win32, which the lock file lacks.',
    ]);
  });
});
