import type { Call } from '../api/call.ts';
import type { UsedOperation } from '../core/usage.ts';

const innerRequest = /^(GET|POST|PATCH|PUT|DELETE) +(\S+) +HTTP\/1\.1/gm;
const bulkMessage = /\.(Create|Update|Upsert|Delete)Multiple$/;

function targetsOf(body: string): number {
  try {
    const { Targets: targets } = JSON.parse(body) as { Targets?: unknown };
    return Array.isArray(targets) ? targets.length : 1;
  } catch {
    return 1;
  }
}

function operationOf(method: string, path: string): Omit<UsedOperation, 'user'> {
  const [, set = path] = /^\/?([\w$]+)/.exec(path) ?? [];
  const action = /Microsoft\.Dynamics\.CRM\.(\w+)/.exec(path)?.[1];
  return { table: set, operation: action ?? method };
}

/** What a call costs of the daily entitlement: inner calls of a batch and rows of a bulk message count one by one (facts, section 4.2). */
export function operationsOf(
  call: Call,
): readonly { readonly used: Omit<UsedOperation, 'user'>; readonly count: number }[] {
  if (call.path === '$batch')
    return [...call.body.matchAll(innerRequest)].map(([, method = '', address = '']) => ({
      used: operationOf(method, address.replace(/^.*\/api\/data\/v9\.\d\//, '')),
      count: 1,
    }));
  const count = bulkMessage.test(call.path) ? targetsOf(call.body) : 1;
  return [{ used: operationOf(call.method, call.path), count }];
}
