import type { FastifyInstance } from 'fastify';
import { addPartition, moveAsMarketer } from '../core/controlPartitions.ts';
import type { Instance } from '../core/instance.ts';
import { actorOf, bodyOf } from './controlBody.ts';

/** Control calls on partitions, and a marketer's moves between them. */
export function addPartitionControlRoutes(control: FastifyInstance, instance: Instance): void {
  control.get('/partitions', () => Promise.resolve({ partitions: instance.partitions }));
  control.post('/partitions', (request) => {
    const { name, description } = bodyOf(request.body);
    return Promise.resolve(addPartition(instance, name, description));
  });
  control.post('/moves', (request) => {
    const { id, partitionName, ...by } = bodyOf(request.body);
    moveAsMarketer(instance, { id: Number(id), partitionName }, actorOf(by));
    return Promise.resolve({ moved: true });
  });
}
