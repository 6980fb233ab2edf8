import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkspaceFile } from './sourceFaults.ts';

const notOurs = new Set(['node_modules', 'dist', 'coverage', '.cache', '.nx', '.git']);
const textFile = /\.(ts|js|mjs|cjs|json|ya?ml|md|sh|tpl|avsc|editorconfig|example)$|(^|\/)(Dockerfile|run)$/;

/** Reads every text file of the workspace at `root`, except what is installed or generated, and the lock file. */
export function workspaceFiles(root: string): WorkspaceFile[] {
  return pathsBelow(root, '')
    .filter((path) => textFile.test(path) && path !== 'package-lock.json')
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function pathsBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !notOurs.has(name))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;

      return entry.isDirectory() ? pathsBelow(root, path) : entry.isFile() ? [path] : [];
    });
}
