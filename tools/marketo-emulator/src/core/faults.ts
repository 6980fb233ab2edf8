/** What an armed fault does to a matching call. */
export type FaultAction =
  | { readonly kind: 'envelope'; readonly code: string; readonly message?: string }
  | { readonly kind: 'commitThenEnvelope'; readonly code: string; readonly message?: string }
  | {
      readonly kind: 'commitLater';
      readonly code: string;
      readonly delayMs: number;
      readonly message?: string;
    }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'commitThenStatus'; readonly status: number }
  /** The call is delivered twice; the first answer is given. */
  | { readonly kind: 'commitTwice' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'commitThenDrop' }
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'truncate' }
  /** The call runs; what is answered, with 200, is this. */
  | { readonly kind: 'commitThenBody'; readonly body: string };

/** Which calls a fault hits; patterns are regular expressions, an absent one matches everything. */
export interface FaultMatch {
  readonly method?: string;
  /** On path and query. */
  readonly path?: string;
  /** On the request body. */
  readonly body?: string;
}

/** An armed fault with the number of calls it still hits. */
export interface Fault {
  readonly match: FaultMatch;
  readonly action: FaultAction;
  times: number;
}

const requiredParts: Readonly<Record<FaultAction['kind'], Readonly<Record<string, string>>>> = {
  envelope: { code: 'string' },
  commitThenEnvelope: { code: 'string' },
  commitLater: { code: 'string', delayMs: 'number' },
  status: { status: 'number' },
  commitThenStatus: { status: 'number' },
  commitTwice: {},
  drop: {},
  commitThenDrop: {},
  delay: { delayMs: 'number' },
  truncate: {},
  commitThenBody: { body: 'string' },
};

/** What is wrong with a fault that a caller wants to arm; empty when nothing is. */
export function faultProblems(fault: {
  match?: FaultMatch;
  action?: FaultAction;
  times?: unknown;
}): string[] {
  const parts = fault.action === undefined ? undefined : requiredParts[fault.action.kind];
  if (parts === undefined) return [`action.kind must be one of ${Object.keys(requiredParts).join(', ')}`];
  const action: Readonly<Record<string, unknown>> = { ...fault.action };
  const problems = Object.entries(parts)
    .filter(([name, kind]) => typeof action[name] !== kind)
    .map(([name, kind]) => `action.${name} must be a ${kind}`);
  for (const name of ['path', 'body'] as const) {
    if (!isPattern(fault.match?.[name])) problems.push(`match.${name} is not a regular expression`);
  }
  return problems;
}

function isPattern(pattern: string | undefined): boolean {
  try {
    return pattern === undefined || new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

/** The action of the first fault that matches; uses up one of its times. */
export function takeFault(
  faults: Fault[],
  call: { readonly method: string; readonly path: string; readonly body: string },
): FaultAction | undefined {
  const fault = faults.find(({ match, times }) => times > 0 && matches(match, call));
  if (fault === undefined) return undefined;
  fault.times -= 1;
  if (fault.times === 0) faults.splice(faults.indexOf(fault), 1);
  return fault.action;
}

function matches(match: FaultMatch, call: { method: string; path: string; body: string }): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== call.method) return false;
  if (match.path !== undefined && !new RegExp(match.path).test(call.path)) return false;
  return match.body === undefined || new RegExp(match.body).test(call.body);
}
