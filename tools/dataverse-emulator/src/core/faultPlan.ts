import { Type, type Static } from '@sinclair/typebox';

const faultAction = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('status'),
      status: Type.Integer({ minimum: 200, maximum: 599 }),
      code: Type.Optional(Type.String()),
      message: Type.Optional(Type.String()),
      retryAfterSeconds: Type.Optional(Type.Number({ minimum: 0 })),
    },
    { additionalProperties: false },
  ),
  Type.Object({ kind: Type.Literal('drop') }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal('commitThenDrop') }, { additionalProperties: false }),
  Type.Object(
    { kind: Type.Literal('delay'), delayMs: Type.Integer({ minimum: 0, maximum: 600_000 }) },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      kind: Type.Literal('html'),
      status: Type.Integer({ minimum: 200, maximum: 599 }),
      retryAfterSeconds: Type.Optional(Type.Number({ minimum: 0 })),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { kind: Type.Literal('cutBody'), afterBytes: Type.Integer({ minimum: 0, maximum: 100_000_000 }) },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      kind: Type.Union([
        Type.Literal('repeatPage'),
        Type.Literal('omitDeltaLink'),
        Type.Literal('repeatRows'),
        Type.Literal('reverseRows'),
      ]),
    },
    { additionalProperties: false },
  ),
]);

/** Shape of a fault as the control API takes it. `path` is a regular expression over path and query. */
export const faultSchema = Type.Object(
  {
    id: Type.Optional(Type.String()),
    match: Type.Object(
      { method: Type.Optional(Type.String()), path: Type.Optional(Type.String()) },
      { additionalProperties: false },
    ),
    action: faultAction,
    times: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 }),
  },
  { additionalProperties: false },
);

/** A fault to arm. */
export type Fault = Static<typeof faultSchema>;

/** What an armed fault does to a call. */
export type FaultAction = Fault['action'];

/** Armed faults; the oldest that matches is used, once per call. */
export interface FaultPlan {
  arm(fault: Fault & { readonly id: string }): void;
  disarm(): void;
  /** Armed faults with the times that remain. */
  remaining(): readonly (Fault & { readonly id: string })[];
  take(method: string, path: string): FaultAction | undefined;
}

interface ArmedFault {
  readonly fault: Fault & { readonly id: string };
  readonly pattern: RegExp | undefined;
  times: number;
}

/** Creates an empty plan. */
export function createFaultPlan(): FaultPlan {
  let armed: ArmedFault[] = [];
  return {
    arm(fault) {
      const pattern = fault.match.path === undefined ? undefined : new RegExp(fault.match.path);
      armed = [
        ...armed.filter((entry) => entry.fault.id !== fault.id),
        { fault, pattern, times: fault.times },
      ];
    },
    disarm() {
      armed = [];
    },
    remaining: () => armed.map(({ fault, times }) => ({ ...fault, times })),
    take(method, path) {
      const hit = armed.find(({ fault, pattern }) => {
        const wanted = fault.match.method;
        return (wanted === undefined || wanted.toUpperCase() === method) && (!pattern || pattern.test(path));
      });
      if (!hit) return undefined;
      hit.times -= 1;
      armed = armed.filter((entry) => entry.times > 0);
      return hit.fault.action;
    },
  };
}
