import type { DynamicsRequests } from '@lockstep/ports';
import { addToCampaign, findCampaigns, removeFromCampaign } from './campaigns.ts';
import { createTask } from './createTask.ts';
import type { DynamicsContext } from './dynamicsContext.ts';

/** What marketers ask for beside the rows of persons (F-35, F-36). */
export function createRequests(context: DynamicsContext): DynamicsRequests {
  return {
    createTask: (task) => createTask(context, task),
    findCampaigns: (text) => findCampaigns(context, text),
    addToCampaign: (membership) => addToCampaign(context, membership),
    removeFromCampaign: (membership) => removeFromCampaign(context, membership),
  };
}
