import { appendActivity } from '../activityLog.ts';
import { personOf } from '../controlEdits.ts';
import { ControlError } from '../controlError.ts';
import type { Instance } from '../instance.ts';
import type { FlowStepService } from './flowStepDefinition.ts';
import { keySchemeOf, readService, baseUrlOf, documentFaults } from './flowStepDefinition.ts';
import type { FlowStepRun } from './flowSteps.ts';

type Json = Readonly<Record<string, unknown>>;

/** Activities of installed steps have types of their own. */
const firstActivityTypeId = 100_001;
/** After that the service has not answered. */
const callTimeoutMs = 30_000;
const munchkinId = '123-EMU-456';

/** Reads a step's document and definition, as an administrator installs it. Throws ControlError with every fault. */
export async function installFlowStep(
  instance: Instance,
  url: string,
  key: string,
): Promise<FlowStepService> {
  const { services } = instance.flowSteps;
  const document = await readJson(url, {});
  const scheme = keySchemeOf(document);
  if (scheme === null) throw new ControlError(400, documentFaults(document));
  const call = keyed(`${baseUrlOf(url)}/getServiceDefinition`, { ...scheme, value: key });
  const definition = await readJson(call.url, call.headers);
  const activityTypeId = firstActivityTypeId + services.size;
  const service = readService({ url, key, activityTypeId }, document, definition);
  services.set(service.apiName, service);
  return service;
}

/** Lets persons come to the step of a campaign; answers the status of the service and the token of the call. */
export async function runFlowStep(
  instance: Instance,
  step: {
    readonly apiName: string;
    readonly callbackUrl: string;
    readonly personIds: readonly number[];
    readonly inputs: Readonly<Record<string, string>>;
    /** Calls again as before, with the same token. */
    readonly token?: string | undefined;
  },
): Promise<{ readonly status: number; readonly token: string; readonly answer: string }> {
  const { services, runs } = instance.flowSteps;
  const service = services.get(step.apiName);
  if (!service) throw new ControlError(404, [`no step ${step.apiName} is installed`]);
  for (const id of step.personIds) personOf(instance, id);
  const token = step.token ?? instance.newId();
  const { personIds, inputs } = step;
  const run = runs.get(token) ?? {
    ...{ service, token, personIds, inputs },
    apiKey: instance.newId(),
    isAnswered: false,
  };
  runs.set(token, run);
  const call = keyed(`${service.baseUrl}/submitAsyncAction`, service.key);
  const answer = await fetch(call.url, {
    method: 'POST',
    headers: { ...call.headers, 'content-type': 'application/json' },
    body: JSON.stringify(invocationOf(run, step.callbackUrl)),
    signal: AbortSignal.timeout(callTimeoutMs),
  });
  return { status: answer.status, token, answer: await answer.text() };
}

function invocationOf({ service, token, apiKey, personIds, inputs }: FlowStepRun, callbackUrl: string): Json {
  return {
    ...{ token, callbackUrl, apiCallBackKey: apiKey, campaignId: 1, batchid: '1' },
    context: { subscription: { munchkinId }, campaign: { id: 1, name: 'Example' } },
    objectData: personIds.map((id) => ({
      objectType: 'lead',
      objectContext: { id },
      // What a user left empty is not sent.
      flowStepContext: Object.fromEntries(
        Object.entries(inputs).filter(([name]) => service.inputNames.includes(name)),
      ),
    })),
  };
}

/** Takes the answer of a service: HTTP status; each person that is named gets an activity. A token is good for one answer. */
export function takeCallback(
  instance: Instance,
  credentials: { readonly token: string; readonly apiKey: string },
  body: Json,
): number {
  const run = instance.flowSteps.runs.get(credentials.token);
  if (!run || run.apiKey !== credentials.apiKey) return 401;
  if (run.isAnswered) return 404;
  const records = body['objectData'];
  if (body['munchkinId'] !== munchkinId || !Array.isArray(records)) return 405;
  run.isAnswered = true;
  for (const record of records as readonly Json[]) logOutcome(instance, run, record);
  return 200;
}

function logOutcome(instance: Instance, run: FlowStepRun, record: Json): void {
  const { id } = (record['leadData'] ?? {}) as Json;
  const results = (record['activityData'] ?? {}) as Json;
  if (typeof id !== 'number' || !run.personIds.includes(id)) return;
  const { service, inputs } = run;
  const logged = ['success', 'reason', 'errorCode', ...service.resultNames];
  const values = { ...inputs, ...Object.fromEntries(logged.map((name) => [name, results[name]])) };
  appendActivity(instance, {
    leadId: id,
    at: instance.now(),
    typeId: service.activityTypeId,
    primaryId: service.activityTypeId,
    primaryValue: inputs[service.primaryAttribute] ?? null,
    attributes: Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value: String(value) }],
    ),
  });
}

function keyed(url: string, key: FlowStepService['key']): { url: string; headers: Record<string, string> } {
  if (key.in === 'header') return { url, headers: { [key.name]: key.value } };
  return { url: `${url}?${new URLSearchParams({ [key.name]: key.value }).toString()}`, headers: {} };
}

async function readJson(url: string, headers: Readonly<Record<string, string>>): Promise<Json> {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(callTimeoutMs) });
  if (!answer.ok) throw new ControlError(400, [`${new URL(url).pathname} answers ${answer.status}`]);
  return (await answer.json()) as Json;
}
