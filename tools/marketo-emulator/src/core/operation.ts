import type { ApiUser } from './apiUsers.ts';
import type { Instance } from './instance.ts';
import type { Origin } from './origin.ts';
import type { Permission } from './permissions.ts';
import type { RestCall } from './restCall.ts';

/** What an operation gets: parameters of URL and form body together, and the JSON body when it wants one. */
export interface OperationInput {
  readonly parameters: URLSearchParams;
  readonly pathParts: readonly string[];
  readonly body: unknown;
  /** The call itself, for the endpoints that take or give files. */
  readonly call: RestCall;
  readonly user: ApiUser;
  readonly origin: Origin;
}

/** One endpoint; its answer is merged into the success envelope. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Groups become path parts. */
  readonly path: RegExp;
  readonly body: 'none' | 'required' | 'optional';
  /** What the role of the caller must grant; 603 without it. */
  readonly permission: Permission | null;
  readonly run: (instance: Instance, input: OperationInput) => object | Promise<object>;
}

/** A GET below /rest/v1; the path is a pattern without `.json`. */
export function get(path: string, permission: Permission | null, run: Operation['run']): Operation {
  return { method: 'GET', path: restPath(path), body: 'none', permission, run };
}

/** A POST or DELETE below /rest/v1; the path is a pattern without `.json`. */
export function write(
  method: 'POST' | 'DELETE',
  path: string,
  { permission, body = 'required' }: { permission: Permission; body?: Operation['body'] },
  run: Operation['run'],
): Operation {
  return { method, path: restPath(path), body, permission, run };
}

function restPath(path: string): RegExp {
  return new RegExp(`^/rest/v1/${path}\\.json$`);
}
