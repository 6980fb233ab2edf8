import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorTable } from '@lockstep/change-events';
import { acceptanceFaults, acceptanceNumbers } from './acceptanceFaults.ts';
import { contractSuiteFaults } from './contractSuiteFaults.ts';
import { errorDocFaults } from './errorDocFaults.ts';
import { lockFileFaults } from './lockFileFaults.ts';
import { parityFaults, parityIds } from './parityFaults.ts';
import type { DocumentedSetting } from './settingDocFaults.ts';
import { settingDocFaults } from './settingDocFaults.ts';
import { folderFaults, sourceFaults } from './sourceFaults.ts';
import { testTitles } from './testTitles.ts';
import { workspaceFiles } from './workspaceFiles.ts';

/** The rules of the house that the linter cannot see, applied to this very workspace. */
const root = join(__dirname, '../../..');
const files = workspaceFiles(root);
const titles = testTitles(files.filter(({ path }) => path.endsWith('.ts')).map(({ text }) => text));
const apps = ['extractor', 'marketing', 'reconciler', 'console'];

function textOf(path: string): string {
  if (!existsSync(join(root, path))) throw new Error(`${path} does not exist, but a tidy rule reads it.`);

  return readFileSync(join(root, path), 'utf8');
}

function settingsOf(app: string): readonly DocumentedSetting[] {
  const path = `apps/${app}/src/config.ts`;
  textOf(path);
  const { settings } = jest.requireActual<{ settings?: readonly DocumentedSetting[] }>(join(root, path));
  if (settings === undefined || settings.length === 0) throw new Error(`${path} exports no settings.`);

  return settings;
}

describe('the workspace', () => {
  it('documents every error code, and no other', () => {
    expect(errorDocFaults(errorTable, textOf('docs/errors.md'))).toEqual([]);
  });

  it('documents every setting of every app, and no other', () => {
    expect(settingDocFaults(apps.flatMap(settingsOf), textOf('docs/configuration.md'))).toEqual([]);
  });

  it('accounts for every behaviour and limit of the native sync, with tests that exist', () => {
    expect(parityFaults(parityIds, textOf('docs/parity.md'), titles)).toEqual([]);
  });

  it.each(['dataverse', 'marketo'] as const)(
    'has a %s emulator that keeps its acceptance list, with tests that exist',
    (name) => {
      const readme = textOf(`tools/${name}-emulator/README.md`);

      expect(acceptanceFaults(acceptanceNumbers[name], readme, titles)).toEqual([]);
    },
  );

  it('has a contract suite for every port, run on the double and on the adapter', () => {
    expect(contractSuiteFaults(files)).toEqual([]);
  });

  it('holds no markers, focused or skipped tests, switched-off rules, machine paths or registries', () => {
    expect(sourceFaults(files)).toEqual([]);
  });

  it('has no folder without a topic', () => {
    expect(folderFaults(files.map(({ path }) => path))).toEqual([]);
  });

  it('locks every package for every platform, and ties an install to no registry', () => {
    expect(lockFileFaults(textOf('package-lock.json'))).toEqual([]);
  });
});
