type LockedPackage = {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};
type LockFile = { readonly packages: Readonly<Record<string, LockedPackage>> };

/**
 * Checks package-lock.json. An address would tie an install to one registry (a link to a workspace folder is no address);
 * a missing binary of another platform makes `npm ci` refuse the file, and npm leaves such entries out when the registry
 * at hand does not carry them.
 */
export function lockFileFaults(text: string): string[] {
  const { packages } = JSON.parse(text) as LockFile;

  return Object.entries(packages).flatMap(([path, { resolved, optionalDependencies }]) => [
    ...(resolved !== undefined && /^[a-z+]+:/.test(resolved) ? [`${path} resolves to ${resolved}`] : []),
    ...Object.keys(optionalDependencies ?? {})
      .filter((name) => !isLocked(packages, path, name))
      .map((name) => `${path} may need ${name}, which the lock file lacks.`),
  ]);
}

function isLocked(packages: LockFile['packages'], path: string, name: string): boolean {
  const key = `${path === '' ? '' : `${path}/`}node_modules/${name}`;
  if (packages[key] !== undefined) return true;
  if (path === '') return false;
  const parent = path.lastIndexOf('/node_modules/');

  return isLocked(packages, parent === -1 ? '' : path.slice(0, parent), name);
}
