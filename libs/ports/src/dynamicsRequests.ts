import type { DynamicsOwner, DynamicsUpdateResult } from './dynamicsTable.ts';

/** A row by its table. */
export type DynamicsReference = { readonly table: string; readonly id: string };

export type DynamicsTask = {
  /** The id that the task gets. */
  readonly id: string;
  readonly regarding: DynamicsReference;
  readonly subject: string;
  readonly description?: string;
  /** An ISO time. */
  readonly dueAt: string;
  /** A status reason of tasks, by its label or its number; the first one of open tasks when left out. */
  readonly status?: string;
  /** Who is to own it; absent: whoever we are. */
  readonly owner?: DynamicsOwner;
};

/** A row on the list that a campaign has for members of its table. */
export type DynamicsMembership = {
  readonly campaignId: string;
  /** The id and the name that the list gets. */
  readonly list: { readonly id: string; readonly name: string };
  readonly member: { readonly table: 'lead' | 'contact'; readonly id: string };
};

/** MISSING says that the row that it is about does not exist. */
export type DynamicsRequestResult =
  | { readonly result: 'WRITTEN' }
  | { readonly result: 'MISSING' }
  | Extract<DynamicsUpdateResult, { result: 'REFUSED' }>;

/**
 * What marketers ask for beside the rows of persons. Everything here is done once, however often it is called. Throws when the
 * outcome is not known.
 */
export type DynamicsRequests = {
  /** WRITTEN also when a task has the id already. A status that tasks do not have is REFUSED with TASK_STATUS_UNKNOWN (F-35). */
  createTask(task: DynamicsTask): Promise<DynamicsRequestResult>;
  /** Ids of active campaigns with this GUID or name; two at most are told (F-36). */
  findCampaigns(text: string): Promise<readonly string[]>;
  /** Makes the list and attaches it to its campaign where that was not done yet, and puts the row on it (F-36). */
  addToCampaign(membership: DynamicsMembership): Promise<DynamicsRequestResult>;
  /** Takes the row off the list, and off no other; WRITTEN also when it is not there. */
  removeFromCampaign(membership: DynamicsMembership): Promise<DynamicsRequestResult>;
};
