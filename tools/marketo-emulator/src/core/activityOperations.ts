import { describeActivityTypes } from './activityTypes.ts';
import type { Operation } from './operation.ts';
import { get } from './operation.ts';
import { readActivities, readDeletedLeads, readLeadChanges, startToken } from './readActivities.ts';

/** The feeds. */
export const activityOperations: readonly Operation[] = [
  get('activities/pagingtoken', 'Read-Only Activity', (_instance, { parameters }) => ({
    nextPageToken: startToken(parameters),
  })),
  get('activities/leadchanges', 'Read-Only Activity', (instance, { parameters, user }) =>
    readLeadChanges(instance, parameters, user),
  ),
  get('activities/deletedleads', 'Read-Only Activity', (instance, { parameters }) =>
    readDeletedLeads(instance, parameters),
  ),
  get('activities/types', 'Read-Only Activity', (instance) => ({
    result: describeActivityTypes([...instance.flowSteps.services.values()]),
  })),
  get('activities', 'Read-Only Activity', (instance, { parameters, user }) =>
    readActivities(instance, parameters, user),
  ),
];
