import type { WorkspaceFile } from './sourceFaults.ts';

const portsFolder = 'libs/ports/src/';

type Suite = { readonly name: string; readonly text: string };

/**
 * Checks that every port has a contract suite. A port is an exported type with methods in a file of libs/ports itself; its
 * folders hold doubles and suites. A suite is an exported
 * function of libs/ports with `Contract` in its name, in a file that names the port's type; a spec of libs/ports calls it
 * with the in-memory double and a spec elsewhere with the real adapter.
 */
export function contractSuiteFaults(files: readonly WorkspaceFile[]): string[] {
  const inPorts = files.filter(({ path }) => path.startsWith(portsFolder));
  const suites = inPorts.flatMap(suitesOf);
  const ports = inPorts.filter(({ path }) => !path.slice(portsFolder.length).includes('/')).flatMap(portsOf);
  const bare = ports.filter((port) => !suites.some(({ text }) => new RegExp(`\\b${port}\\b`).test(text)));

  return [
    ...(ports.length === 0 ? [`${portsFolder} exports no port.`] : []),
    ...bare.map((port) => `The port ${port} has no contract suite.`),
    ...suites.flatMap((suite) => callFaults(suite, files)),
  ];
}

function suitesOf({ path, text }: WorkspaceFile): Suite[] {
  const declared = /export (?:async )?function (\w*Contract\w*)/gi;

  return path.endsWith('.spec.ts')
    ? []
    : [...text.matchAll(declared)].map((match) => ({ name: match[1] ?? '', text }));
}

function portsOf({ path, text }: WorkspaceFile): string[] {
  const declared = /export (?:type (\w+) =|interface (\w+)) \{\n([\s\S]*?)\n\}/g;
  const method = /^ {2}(readonly )?\w+(<[^>]*>)?(\(|: \()/m;
  const ports = [...text.matchAll(declared)].filter((match) => method.test(match[3] ?? ''));

  return path.endsWith('.spec.ts') ? [] : ports.map((match) => match[1] ?? match[2] ?? '');
}

function callFaults({ name }: Suite, files: readonly WorkspaceFile[]): string[] {
  const called = new RegExp(`\\b${name}(<[^>]*>)?\\(`);
  const callers = files.filter(({ path, text }) => path.endsWith('.spec.ts') && called.test(text));
  const onDouble = callers.some(({ path }) => path.startsWith(portsFolder));
  const onAdapter = callers.some(({ path }) => !path.startsWith(portsFolder));

  return [
    ...(onDouble ? [] : [`${name} does not run against the in-memory double.`]),
    ...(onAdapter ? [] : [`${name} does not run against a real adapter.`]),
  ];
}
