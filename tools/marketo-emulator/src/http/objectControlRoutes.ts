import type { FastifyInstance } from 'fastify';
import { ControlError } from '../core/controlError.ts';
import type { LogWindow } from '../core/controlLogs.ts';
import { readObjectStates } from '../core/controlLogs.ts';
import { isNewField } from '../core/fieldDefinitions.ts';
import type { Instance } from '../core/instance.ts';
import {
  addObjectFields,
  listObjects,
  objectTable,
  removeObject,
  seedObjects,
} from '../core/objects/controlObjects.ts';
import { actorOf, bodyOf } from './controlBody.ts';

const controlBodyBytesMax = 256 * 1024 * 1024;

interface TypeRoute {
  readonly Params: { readonly type: string };
}

/** Control calls on companies, opportunities and the like: `/_control/objects/<type>`. */
export function addObjectControlRoutes(control: FastifyInstance, instance: Instance): void {
  control.get<{ Querystring: LogWindow }>('/objectStates', (request) =>
    Promise.resolve(readObjectStates(instance, request.query)),
  );
  control.get('/objects', () => Promise.resolve({ types: [...instance.objects.tables.keys()] }));
  control.get<TypeRoute>('/objects/:type', (request) =>
    Promise.resolve({ records: listObjects(objectTable(instance, request.params.type)) }),
  );
  control.post<TypeRoute>('/objects/:type', { bodyLimit: controlBodyBytesMax }, (request) => {
    const { records, ...by } = bodyOf(request.body);
    if (!Array.isArray(records)) throw new ControlError(400, ['records must be an array']);
    const table = objectTable(instance, request.params.type);
    return Promise.resolve({ ids: seedObjects(instance, table, records, actorOf(by)) });
  });
  control.post<TypeRoute>('/objects/:type/deletes', (request) => {
    const { record, ...by } = bodyOf(request.body);
    removeObject(instance, objectTable(instance, request.params.type), record, actorOf(by));
    return Promise.resolve({ deleted: true });
  });
  control.post<TypeRoute>('/objects/:type/fields', (request) => {
    const fields = bodyOf(request.body)['fields'];
    if (!Array.isArray(fields) || !fields.every(isNewField)) {
      throw new ControlError(400, ['fields must be an array of { name, dataType, displayName?, length? }']);
    }
    const table = objectTable(instance, request.params.type);
    return Promise.resolve({ fields: addObjectFields(instance, table, fields) });
  });
}
