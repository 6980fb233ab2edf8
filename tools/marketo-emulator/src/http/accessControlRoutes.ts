import type { FastifyInstance } from 'fastify';
import type { ApiUser } from '../core/apiUsers.ts';
import { addService, putUser, revokeTokens } from '../core/apiUsers.ts';
import { idsOfPartitions } from '../core/controlPartitions.ts';
import { ControlError } from '../core/controlError.ts';
import type { Instance } from '../core/instance.ts';
import { permissions } from '../core/permissions.ts';
import { bodyOf } from './controlBody.ts';

const servicesMax = 100;

/** Control calls on API-only users, their permissions and their custom services. */
export function addAccessControlRoutes(control: FastifyInstance, instance: Instance): void {
  const { access, newId } = instance;
  control.get('/users', () => Promise.resolve({ users: [...access.users.values()].map(describeUser) }));
  control.post('/users', (request) => {
    const { userId, permissions: granted = permissions, partitions } = bodyOf(request.body);
    if (typeof userId !== 'string' || userId === '') throw new ControlError(400, ['userId expected']);
    if (!arePermissions(granted)) {
      throw new ControlError(400, [`permissions must be an array of ${permissions.join(', ')}`]);
    }
    const open = partitions === undefined ? 'all' : idsOfPartitions(instance, partitions);
    return Promise.resolve(describeUser(putUser(access, userId, { permissions: granted, partitions: open })));
  });
  control.post('/services', (request) => {
    const { userId } = bodyOf(request.body);
    const user = access.users.get(String(userId));
    if (user === undefined) throw new ControlError(404, [`no user ${String(userId)}`]);
    if (access.services.size >= servicesMax) throw new ControlError(400, [`at most ${servicesMax} services`]);
    const credentials = { clientId: newId(), clientSecret: newId() };
    addService(access, user, credentials);
    return Promise.resolve(credentials);
  });
  control.delete('/tokens', () => {
    revokeTokens(access);
    return Promise.resolve({ revoked: true });
  });
}

function describeUser({ userId, permissions: granted, partitions }: ApiUser): object {
  return {
    userId,
    permissions: [...granted],
    partitions: partitions === 'all' ? partitions : [...partitions],
  };
}

function arePermissions(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => permissions.some((known) => known === one));
}
