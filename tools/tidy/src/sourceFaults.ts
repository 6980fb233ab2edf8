/** A text file of the workspace; `path` is relative to its root. */
export type WorkspaceFile = { readonly path: string; readonly text: string };

type Rule = { readonly pattern: RegExp; readonly complaint: string; readonly only?: RegExp };

const code = /\.(ts|js|mjs|cjs)$/;

const rules: readonly Rule[] = [
  { pattern: /\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/, complaint: 'leaves a marker; do it or file it' },
  { pattern: /\b(describe|it|test)\.(only|skip|todo)\b/, complaint: 'focuses or skips a test', only: code },
  { pattern: /\b(fdescribe|xdescribe|fit|xit|xtest)\s*\(/, complaint: 'focuses or skips a test', only: code },
  { pattern: /eslint-dis[a]ble/, complaint: 'switches a lint rule off' },
  { pattern: /@ts-(ignor[e]|nochec[k])\b/, complaint: 'switches the type checker off' },
  { pattern: /(?<![\w.~}-])\/(work|root)\/|\/tmp\/w\b/, complaint: 'names a path of one machine' },
  {
    pattern: /\bregistry\.(npmjs|yarnpkg)\.\w+|\b[\w.-]*(artifactory|verdaccio)[\w.-]*\.\w+/i,
    complaint: 'names a registry',
  },
];

/** Finds what no file may hold: leftover markers, focused or skipped tests, switched-off rules, machine paths, registries. */
export function sourceFaults(files: readonly WorkspaceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    rules.filter(({ only }) => only?.test(path) !== false).flatMap((rule) => faultsOf(rule, path, text)),
  );
}

function faultsOf({ pattern, complaint }: Rule, path: string, text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      pattern.test(line) ? [`${path}:${index + 1} ${complaint}: ${line.trim()}`] : [],
    );
}

/** Finds folders that gather what has no home. */
export function folderFaults(paths: readonly string[]): string[] {
  return paths
    .filter((path) => /(^|\/)(utils?|helpers?|common|shared|misc)\//.test(path))
    .map((path) => `${path} lies in a folder without a topic; put it beside its user.`);
}
