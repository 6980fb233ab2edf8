import type { FastifyInstance } from 'fastify';
import { ControlError } from '../core/controlError.ts';
import { installFlowStep, runFlowStep, takeCallback } from '../core/flowSteps/runFlowStep.ts';
import type { Instance } from '../core/instance.ts';
import { bodyOf } from './controlBody.ts';

const callbackPath = '/flow-steps/callback';

/** Control calls on self-service flow steps: `/_control/flowSteps`. */
export function addFlowStepControlRoutes(control: FastifyInstance, instance: Instance): void {
  control.get('/flowSteps', () => Promise.resolve({ services: [...instance.flowSteps.services.keys()] }));
  control.post('/flowSteps', async (request) => {
    const { url, key } = bodyOf(request.body);
    if (typeof url !== 'string' || typeof key !== 'string')
      throw new ControlError(400, ['url and key expected']);
    const { apiName, activityTypeId } = await installFlowStep(instance, url, key);
    return { apiName, activityTypeId };
  });
  control.post<{ Params: { apiName: string } }>('/flowSteps/:apiName/runs', (request) => {
    const { personIds, inputs, token, callbackUrl } = bodyOf(request.body);
    if (!Array.isArray(personIds)) throw new ControlError(400, ['personIds must be an array of ids']);
    return runFlowStep(instance, {
      apiName: request.params.apiName,
      callbackUrl: typeof callbackUrl === 'string' ? callbackUrl : `http://${request.host}${callbackPath}`,
      personIds: personIds.map(Number),
      inputs: (inputs ?? {}) as Readonly<Record<string, string>>,
      token: typeof token === 'string' ? token : undefined,
    });
  });
}

/** Where services answer; Marketo names the address in each call. */
export function addFlowStepCallback(app: FastifyInstance, instance: Instance): void {
  app.post(callbackPath, (request, reply) => {
    const { headers } = request;
    const credentials = {
      token: String(headers['x-callback-token']),
      apiKey: String(headers['x-api-key']),
    };
    return reply.status(takeCallback(instance, credentials, bodyOf(request.body))).send({});
  });
}
