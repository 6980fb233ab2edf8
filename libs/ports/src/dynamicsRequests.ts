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
};
