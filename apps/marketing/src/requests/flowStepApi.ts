import { createHash } from 'node:crypto';
import { SyncError } from '@lockstep/change-events';
import type { Asked, RequestDoors } from '@lockstep/pipelines';
import type { CallbackStore, Clock } from '@lockstep/ports';
import type { ServiceApi } from '@lockstep/service-runtime';
import { Type, type Static } from '@sinclair/typebox';
import { isCallbackAllowed, type CallbackHosts } from './callbackHosts.ts';
import { openApiDocument, picklists, serviceDefinition } from './flowStepDefinition.ts';
import { bodyBytesMax, openScope, refuse, type ScopeOptions } from './requestScope.ts';

export type FlowStepApiOptions = ScopeOptions & {
  readonly doors: Pick<RequestDoors, 'flowStep'>;
  readonly callbacks: Pick<CallbackStore, 'add'>;
  readonly callbackHosts: CallbackHosts;
  /** How long people wait in their campaign at most for the end of what was asked. */
  readonly answerAfterMs: number;
  readonly clock: Pick<Clock, 'now'>;
};

/** What is used of a call; the rest of Marketo's schema is let through. */
const callSchema = Type.Object({
  token: Type.String({ minLength: 1, maxLength: 4_096 }),
  apiCallBackKey: Type.String({ maxLength: 4_096 }),
  callbackUrl: Type.String({ maxLength: 2_048 }),
  context: Type.Object({ subscription: Type.Object({ munchkinId: Type.String({ maxLength: 100 }) }) }),
  objectData: Type.Array(
    Type.Object({
      objectContext: Type.Object({ id: Type.String({ pattern: '^[1-9]\\d{0,17}$' }) }),
      flowStepContext: Type.Record(Type.String({ maxLength: 50 }), Type.String({ maxLength: 10_000 })),
    }),
    { minItems: 1, maxItems: 5_000 },
  ),
});

type Call = Static<typeof callSchema>;

const picklistSchema = Type.Object({ name: Type.String() });

/**
 * A self-service flow step of Marketo (marketo-rest 3.7): the document that an administrator installs it by, and the
 * addresses named there. A call is answered 201 once its requests are stored; Marketo is called back later.
 */
export function flowStepApi({ key, log, ...options }: FlowStepApiOptions): readonly ServiceApi[] {
  return [
    // Read by Marketo before anybody has entered the key; it holds nothing of the customer.
    (scope) => void scope.get('/flow-step/openapi.json', () => openApiDocument),
    (scope) => {
      openScope(scope, { key, log });
      scope.get('/flow-step/getServiceDefinition', () => serviceDefinition);
      scope.get('/flow-step/status', () => ({ info: [], warnings: [], errors: [] }));
      scope.post<{ Body: Static<typeof picklistSchema> }>(
        '/flow-step/getPicklist',
        { schema: { body: picklistSchema } },
        ({ body }, reply) => {
          const choices = picklists.get(body.name);

          return choices
            ? { choices }
            : refuse(reply, 400, { code: 'REQUEST_INVALID', detail: 'name: has no choices' });
        },
      );
      scope.post<{ Body: Call }>(
        '/flow-step/submitAsyncAction',
        { bodyLimit: bodyBytesMax, schema: { body: callSchema } },
        async ({ body }, reply) => {
          await acceptCall(options, body);

          return reply.code(201).send({ accepted: body.objectData.length });
        },
      );
    },
  ];
}

type AcceptOptions = Omit<FlowStepApiOptions, keyof ScopeOptions>;

/** The requests are stored before their callback: without them nobody would end it, without it only Marketo is told nothing. */
async function acceptCall(options: AcceptOptions, call: Call): Promise<void> {
  const { doors, callbacks, callbackHosts, answerAfterMs, clock } = options;
  if (!isCallbackAllowed(call.callbackUrl, callbackHosts))
    throw new SyncError('REQUEST_INVALID', { detail: 'callbackUrl: not one of FLOW_STEP_CALLBACK_HOSTS' });
  const callbackId = digest(call.token);
  const stored = await doors.flowStep(askedIn(call, callbackId));
  const nowMs = clock.now();
  await callbacks.add({
    callbackId,
    url: call.callbackUrl,
    token: call.token,
    apiKey: call.apiCallBackKey,
    munchkinId: call.context.subscription.munchkinId,
    requestIds: stored.map(({ requestId }) => requestId),
    dueAtMs: nowMs,
    answerAtMs: nowMs + answerAfterMs,
    failures: 0,
  });
}

function askedIn({ objectData }: Call, callbackId: string): Asked[] {
  return objectData.map(({ objectContext, flowStepContext }, at) => {
    const { request: words = '', ...given } = flowStepContext;
    const { id: personId } = objectContext;

    return { id: `${callbackId}/${personId}/${at}`, personId, words, arguments: given };
  });
}

/** The token itself is a secret, and ids are on topics. */
function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 32);
}
