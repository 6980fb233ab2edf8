import { activityOperations } from './activityOperations.ts';
import { apiError } from './apiError.ts';
import { exportOperations } from './bulk/exportOperations.ts';
import { importOperations } from './bulk/importOperations.ts';
import { leadOperations } from './leadOperations.ts';
import { listOperations } from './lists/listOperations.ts';
import { customOperations } from './objects/customOperations.ts';
import { objectOperations } from './objects/objectOperations.ts';
import type { Operation } from './operation.ts';
import { usageOperations } from './usageOperations.ts';

/** Every endpoint that is emulated. */
export const operations: readonly Operation[] = [
  ...leadOperations,
  ...listOperations,
  ...activityOperations,
  ...exportOperations,
  ...importOperations,
  ...usageOperations,
  ...objectOperations,
  ...customOperations,
];

/** The endpoint of a method and path; throws 610 for an unknown path, 605 for the wrong method. */
export function findOperation(
  method: string,
  path: string,
): { operation: Operation; pathParts: readonly string[] } {
  const candidates = operations.filter((operation) => operation.path.test(path));
  if (candidates.length === 0) throw apiError('610');
  const operation = candidates.find((candidate) => candidate.method === method);
  if (operation === undefined) throw apiError('605', `HTTP Method '${method}' is not supported`);
  return { operation, pathParts: operation.path.exec(path)?.slice(1) ?? [] };
}
