import type { FastifyInstance } from 'fastify';
import { editPerson, mergeAsMarketer, personOf, removePerson, seedPersons } from '../core/controlEdits.ts';
import { ControlError } from '../core/controlError.ts';
import type { LogWindow } from '../core/controlLogs.ts';
import { readCalls, readStates } from '../core/controlLogs.ts';
import type { FaultAction, FaultMatch } from '../core/faults.ts';
import { faultProblems } from '../core/faults.ts';
import { addCustomField, isNewField, removeCustomField } from '../core/fieldDefinitions.ts';
import type { Instance } from '../core/instance.ts';
import { viewPerson } from '../core/persons.ts';
import { changeSettings } from '../core/settings.ts';
import { addAccessControlRoutes } from './accessControlRoutes.ts';
import { runDue } from '../core/waitingTasks.ts';
import { actorOf, bodyOf } from './controlBody.ts';
import { addFlowStepControlRoutes } from './flowStepRoutes.ts';
import { addListControlRoutes } from './listControlRoutes.ts';
import { addObjectControlRoutes } from './objectControlRoutes.ts';
import { addPartitionControlRoutes } from './partitionControlRoutes.ts';

const controlBodyBytesMax = 256 * 1024 * 1024;

/** The control API under /_control: no authentication, JSON in and out, HTTP statuses. */
export function addControlRoutes(app: FastifyInstance, instance: Instance): void {
  void app.register(
    (control, _options, done) => {
      control.setErrorHandler((error, _request, reply) => {
        const status = error instanceof ControlError ? error.status : 500;
        const faults = error instanceof ControlError ? error.faults : [String(error)];
        return reply.status(status).send({ faults });
      });
      addPersonRoutes(control, instance);
      addClockRoutes(control, instance);
      addFaultRoutes(control, instance);
      addSettingRoutes(control, instance);
      addLogRoutes(control, instance);
      addAccessControlRoutes(control, instance);
      addPartitionControlRoutes(control, instance);
      addListControlRoutes(control, instance);
      addObjectControlRoutes(control, instance);
      addFlowStepControlRoutes(control, instance);
      done();
    },
    { prefix: '/_control', bodyLimit: controlBodyBytesMax },
  );
}

function addPersonRoutes(control: FastifyInstance, instance: Instance): void {
  const options = { bodyLimit: controlBodyBytesMax };
  const view = (id: number): object => viewPerson(instance, personOf(instance, id), instance.fields.keys());
  control.post('/persons', options, (request) => {
    const { persons, ...by } = bodyOf(request.body);
    if (!Array.isArray(persons)) throw new ControlError(400, ['persons must be an array']);
    return Promise.resolve({ ids: seedPersons(instance, persons, actorOf(by)) });
  });
  control.get<{ Querystring: LogWindow }>('/persons', (request) => {
    const after = Number(request.query.after ?? 0);
    const ids = [...instance.persons.keys()].filter((id) => id > after);
    return Promise.resolve({ persons: ids.slice(0, Number(request.query.limit ?? ids.length)).map(view) });
  });
  control.get<{ Params: { id: string } }>('/persons/:id', (request) =>
    Promise.resolve(view(Number(request.params.id))),
  );
  control.post('/edits', (request) => {
    const { id, fields, ...by } = bodyOf(request.body);
    return Promise.resolve(editPerson(instance, Number(id), fields, actorOf(by)));
  });
  control.post('/deletes', (request) => {
    const { id, ...by } = bodyOf(request.body);
    removePerson(instance, Number(id), actorOf(by));
    return Promise.resolve({ deleted: true });
  });
  control.post('/merges', (request) => {
    const { winner, losers, ...by } = bodyOf(request.body);
    if (!Array.isArray(losers)) throw new ControlError(400, ['losers must be an array of ids']);
    mergeAsMarketer(instance, { winner: Number(winner), losers: losers.map(Number) }, actorOf(by));
    return Promise.resolve({ merged: true });
  });
}

function addClockRoutes(control: FastifyInstance, instance: Instance): void {
  const clock = (): object => ({
    now: instance.now(),
    iso: new Date(instance.now()).toISOString(),
    offsetMs: instance.clockOffsetMs,
  });
  control.get('/clock', () => Promise.resolve(clock()));
  control.post('/clock', async (request) => {
    const { advanceMs, now } = bodyOf(request.body);
    const target = typeof now === 'string' ? Date.parse(now) : now;
    const step = typeof target === 'number' ? target - instance.now() : advanceMs;
    if (typeof step !== 'number' || Number.isNaN(step)) {
      throw new ControlError(400, ['advanceMs or now expected']);
    }
    instance.clockOffsetMs += step;
    await runDue(instance);
    return clock();
  });
}

function addFaultRoutes(control: FastifyInstance, instance: Instance): void {
  control.get('/faults', () => Promise.resolve({ faults: instance.faults }));
  control.delete('/faults', () => {
    instance.faults = [];
    return Promise.resolve({ faults: [] });
  });
  control.post('/faults', (request) => {
    const fault: { match?: FaultMatch; action?: FaultAction; times?: number } = bodyOf(request.body);
    const problems = faultProblems(fault);
    if (problems.length > 0 || fault.action === undefined) throw new ControlError(400, problems);
    instance.faults.push({ match: fault.match ?? {}, action: fault.action, times: fault.times ?? 1 });
    return Promise.resolve({ faults: instance.faults });
  });
}

function addSettingRoutes(control: FastifyInstance, instance: Instance): void {
  control.get('/settings', () => Promise.resolve(instance.settings));
  control.post('/settings', (request) => {
    const faults = changeSettings(instance.settings, bodyOf(request.body));
    if (faults.length > 0) throw new ControlError(400, faults);
    // How keys compare may have changed.
    instance.indexes.clear();
    return Promise.resolve(instance.settings);
  });
  control.get('/fields', () => Promise.resolve({ fields: [...instance.fields.values()] }));
  control.post('/fields', (request) => {
    const fields = bodyOf(request.body)['fields'];
    if (!Array.isArray(fields) || !fields.every(isNewField)) {
      throw new ControlError(400, ['fields must be an array of { name, dataType, displayName?, length? }']);
    }
    const fresh = fields.filter(({ name }) => !instance.fields.has(name));
    return Promise.resolve({ fields: fresh.map((field) => addCustomField(instance.fields, field)) });
  });
  control.delete<{ Params: { name: string } }>('/fields/:name', ({ params: { name } }) => {
    if (!removeCustomField(instance.fields, name)) throw new ControlError(404, [`no custom field ${name}`]);
    return Promise.resolve({ removed: name });
  });
}

function addLogRoutes(control: FastifyInstance, instance: Instance): void {
  control.get<{ Querystring: LogWindow }>('/calls', (request) =>
    Promise.resolve(readCalls(instance, request.query)),
  );
  control.get<{ Querystring: LogWindow }>('/states', (request) =>
    Promise.resolve(readStates(instance, request.query)),
  );
}
