import type { SeenMember, SeenTask } from '../contracts/dynamicsHarness.ts';
import type {
  DynamicsMembership,
  DynamicsRequestResult,
  DynamicsRequests,
  DynamicsTask,
} from '../dynamicsRequests.ts';
import type { DynamicsHooks } from './dynamicsHooks.ts';
import type { DynamicsRowStore } from './dynamicsRowStore.ts';

/** Status reasons of tasks, by value, with their states (dataverse facts 6; general knowledge). */
const statuses: Readonly<Record<number, { readonly label: string; readonly state: number }>> = {
  2: { label: 'Not Started', state: 0 },
  3: { label: 'In Progress', state: 0 },
  4: { label: 'Waiting on someone else', state: 0 },
  7: { label: 'Deferred', state: 0 },
  5: { label: 'Completed', state: 1 },
  6: { label: 'Canceled', state: 2 },
};
const firstStatus = 2;

type RequestsSide = DynamicsRequests & {
  tasks(): readonly SeenTask[];
  seedCampaign(id: string, name: string): void;
  members(campaignId: string): readonly SeenMember[];
};

/** What marketers ask for, over tables of its own: nobody reads these as changes. */
export function dynamicsRequestsSide(store: DynamicsRowStore, hooks: DynamicsHooks): RequestsSide {
  const tasks = new Map<string, SeenTask>();

  return {
    ...membersSide(store, hooks),
    tasks: () => [...tasks.values()],
    async createTask(task) {
      await hooks.beforeCall?.('createTask', 'task');
      const result = createIn(store, tasks, task);
      await hooks.afterRequest?.('createTask');

      return result;
    },
  };
}

function membersSide(
  store: DynamicsRowStore,
  hooks: DynamicsHooks,
): Omit<RequestsSide, 'tasks' | 'createTask'> {
  const campaigns = new Map<string, string>();
  const members = new Map<string, DynamicsMembership>();
  const change = async (apply: () => DynamicsRequestResult): Promise<DynamicsRequestResult> => {
    await hooks.beforeCall?.('changeMembers', 'list');
    const result = apply();
    await hooks.afterRequest?.('changeMembers');

    return result;
  };
  const keyOf = ({ list, member }: DynamicsMembership): string => `${list.id}/${member.id}`;

  return {
    seedCampaign: (id, name) => void campaigns.set(id, name),
    members: (campaignId) =>
      [...members.values()]
        .filter((membership) => membership.campaignId === campaignId)
        .map(({ list, member }) => ({ listName: list.name, memberId: member.id })),
    async findCampaigns(text) {
      await hooks.beforeCall?.('findCampaigns', 'campaign');
      const wanted = text.trim().toLowerCase();

      return [...campaigns]
        .filter((names) => names.some((name) => name.toLowerCase() === wanted))
        .map(([id]) => id);
    },
    addToCampaign: (membership) =>
      change(() => {
        const { table, id } = membership.member;
        if (!store.row(table, id)) return { result: 'MISSING' };
        members.set(keyOf(membership), membership);

        return { result: 'WRITTEN' };
      }),
    removeFromCampaign: (membership) =>
      change(() => {
        members.delete(keyOf(membership));

        return { result: 'WRITTEN' };
      }),
  };
}

function createIn(
  store: DynamicsRowStore,
  tasks: Map<string, SeenTask>,
  task: DynamicsTask,
): DynamicsRequestResult {
  const { id, regarding, status } = task;
  if (tasks.has(id)) return { result: 'WRITTEN' };
  if (!store.row(regarding.table, regarding.id)) return { result: 'MISSING' };
  const value = status === undefined ? firstStatus : valueOf(status);
  if (value === null)
    return { result: 'REFUSED', code: 'TASK_STATUS_UNKNOWN', field: 'status', detail: 'status' };
  tasks.set(id, seenTask(task, value));

  return { result: 'WRITTEN' };
}

function seenTask(
  { id, subject, description, dueAt, regarding, owner }: DynamicsTask,
  status: number,
): SeenTask {
  const state = statuses[status]?.state ?? 0;

  return {
    ...{ id, subject, description: description ?? null, dueAt, regardingId: regarding.id },
    ...{ ownerId: owner?.id ?? null, state, status },
  };
}

function valueOf(status: string): number | null {
  const wanted = status.trim().toLowerCase();
  const found = Object.entries(statuses).find(
    ([value, { label }]) => value === wanted || label.toLowerCase() === wanted,
  );

  return found ? Number(found[0]) : null;
}
