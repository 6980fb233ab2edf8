import type { DynamicsRequests } from '@lockstep/ports';
import type { DynamicsContext } from './createDynamics.ts';
import { createTask } from './createTask.ts';

/** What marketers ask for beside the rows of persons (F-35). */
export function createRequests(context: DynamicsContext): DynamicsRequests {
  return { createTask: (task) => createTask(context, task) };
}
