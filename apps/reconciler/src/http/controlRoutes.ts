import { isoTime, SyncError, topics, type Control } from '@lockstep/change-events';
import { directionTargets, readingTarget } from '@lockstep/pipelines';
import { Type, type Static } from '@sinclair/typebox';
import { v7 as newId } from 'uuid';
import type { OperatorParts, OperatorRoutes } from './operatorParts.ts';
import { actorField, failureSchema, given } from './operatorScope.ts';

const actions = ['pause', 'resume', 'resnapshot', 'resync', 'cancel', 'confirm'] as const;
const text = (maxLength: number) => Type.Optional(Type.String({ minLength: 1, maxLength }));

const controlBody = given({
  action: Type.Union(actions.map((action) => Type.Literal(action))),
  target: Type.String({
    maxLength: 200,
    description:
      'dynamics/<table> or marketo/person; of pause and resume also reconciler/to-dynamics and reconciler/to-marketo.',
  }),
  filter: Type.Optional(
    Type.String({
      ...{ minLength: 1, maxLength: 4_000 },
      description: 'Of a resnapshot: an OData filter; of marketo/person a field and values, such as id=7,9.',
    }),
  ),
  columns: Type.Optional(Type.Array(Type.String({ maxLength: 128 }), { maxItems: 500 })),
  from: text(40),
  to: text(40),
  actor: actorField,
});

const controlAnswer = Type.Object({
  controlId: Type.String({
    description: 'In the facts of the notice that answers, CONTROL_DONE or CONTROL_REFUSED.',
  }),
});

/** Commands to a table or a direction, put on `lockstep.control`; whoever they are for answers by a notice. */
export const controlRoutes: OperatorRoutes = (scope, parts) => {
  scope.post<{ Body: Static<typeof controlBody> }>(
    '/v1/control',
    {
      schema: {
        ...{ body: controlBody, response: { 202: controlAnswer, default: failureSchema } },
        summary: 'Pause, resume, or have a table or persons read again',
      },
    },
    async ({ body }, reply) => {
      await assertKnown(parts(), body);
      const { filter = null, columns = null, from = null, to = null, action, target, actor } = body;
      const { clock, publisher } = parts();
      const value: Control = {
        ...{ controlId: newId(), action, target, actor, filter, columns, from, to },
        at: isoTime(clock.now()),
      };
      await publisher.publish([{ topic: topics.control, key: target, value }]);

      return reply.code(202).send({ controlId: value.controlId });
    },
  );
};

/** A misspelt target would wait for ever: nobody follows commands for it. */
async function assertKnown(
  { log }: OperatorParts,
  { target, action }: Pick<Control, 'target' | 'action'>,
): Promise<void> {
  if (Object.hasOwn(directionTargets, target)) {
    if (action === 'pause' || action === 'resume') return;
    throw new SyncError('API_REQUEST_INVALID', { detail: 'action: a direction is paused or resumed' });
  }
  const isRead = target === readingTarget || target.startsWith('dynamics/');
  if (isRead && (await log.readLatest(topics.checkpoints)).has(target)) return;
  throw new SyncError('API_REQUEST_INVALID', { detail: 'target: nobody reads it' });
}
