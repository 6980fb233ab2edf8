import {
  SyncError,
  type DynamicsOutcome,
  type ErrorCode,
  type MarketerRequest,
} from '@lockstep/change-events';
import type {
  DynamicsOwner,
  DynamicsRequests,
  DynamicsTask,
  DynamicsUpdateResult,
  DynamicsWriter,
} from '@lockstep/ports';
import type { DynamicsRequestEntry } from '@lockstep/reconciliation';
import { v5 as uuidV5 } from 'uuid';

type Ports = DynamicsWriter & DynamicsRequests;
type Result = Partial<DynamicsOutcome> & Pick<DynamicsOutcome, 'result'>;
type Refusal = { readonly result: 'REFUSED'; readonly code: ErrorCode; readonly detail: string };

const refused = (code: ErrorCode, detail: string): Refusal => ({ result: 'REFUSED', code, detail });

/**
 * Does what a marketer asked for a row that is there. Everything here is done once however often it is called (decision 20):
 * a repeat after a lost answer finds what was done. Throws when the outcome is not known.
 */
export async function carryOutRequest(ports: Ports, entry: DynamicsRequestEntry): Promise<Result> {
  switch (entry.request.kind) {
    case 'CHANGE_OWNER':
      return changeOwner(ports, entry);
    case 'CREATE_TASK':
      return createTask(ports, entry);
    case 'ADD_TO_CAMPAIGN':
    case 'REMOVE_FROM_CAMPAIGN':
      return changeMembers(ports, entry);
    default:
      throw new SyncError('INTERNAL', { reason: 'a request of an unknown kind', kind: entry.request.kind });
  }
}

/** The one user or team that a marketer named; nobody when none was named. */
export async function namedOwner(
  writer: Pick<DynamicsWriter, 'findOwners'>,
  text: string | undefined,
): Promise<{ readonly owner?: DynamicsOwner } | Refusal> {
  if (text === undefined) return {};
  const [owner, ...more] = await writer.findOwners(text);
  if (!owner) return refused('OWNER_UNKNOWN', 'owner');
  return more.length > 0 ? refused('DYNAMICS_AMBIGUOUS', 'owner') : { owner };
}

const triesMax = 3;

/** Reassigns the row to whom the marketer named (F-34), unless that is its owner already. */
async function changeOwner(ports: Ports, entry: DynamicsRequestEntry): Promise<Result> {
  const named = await namedOwner(ports, entry.request.arguments['owner']);
  if ('code' in named) return named;
  const { owner } = named;
  if (!owner) return refused('OWNER_UNKNOWN', 'owner');
  for (let tries = 0; tries < triesMax; tries += 1) {
    const answer = await assign(ports, entry, owner);
    if (answer.result !== 'STALE') return answer.result === 'REFUSED' ? answer : { result: answer.result };
  }
  throw new SyncError('DYNAMICS_BUSY', { table: entry.table, reason: 'the row keeps changing' });
}

async function assign(
  { read, update }: Ports,
  { table, rowId: id }: DynamicsRequestEntry,
  owner: DynamicsOwner,
): Promise<DynamicsUpdateResult | { readonly result: 'WRITTEN' }> {
  const row = await read(table, id);
  if (row === null) return { result: 'MISSING' };
  const { ownerid: present } = row.fields;
  const isOwner =
    typeof present === 'object' && present !== null && 'id' in present && present.id === owner.id;
  return isOwner ? { result: 'WRITTEN' } : update({ table, id, version: row.version, columns: {}, owner });
}

/** Creates a task about the row (F-35), under an id that belongs to the request. */
async function createTask(ports: Ports, { table, rowId, request }: DynamicsRequestEntry): Promise<Result> {
  const { subject = '', description, status, owner: text } = request.arguments;
  const named = await namedOwner(ports, text);
  if ('code' in named) return named;
  const task: DynamicsTask = {
    ...{ id: uuidV5(request.requestId, taskNamespace), regarding: { table, id: rowId } },
    ...{ subject, dueAt: dueAt(request), ...named },
    ...(description === undefined ? {} : { description }),
    ...(status === undefined ? {} : { status }),
  };
  return ports.createTask(task);
}

/** Puts the row on the campaign's list for its table, or takes it off that list (F-36). */
async function changeMembers(ports: Ports, entry: DynamicsRequestEntry): Promise<Result> {
  const { table: named, rowId, request } = entry;
  const [campaignId, ...more] = await ports.findCampaigns(request.arguments['campaign'] ?? '');
  if (campaignId === undefined) return refused('CAMPAIGN_UNKNOWN', 'campaign');
  if (more.length > 0) return refused('DYNAMICS_AMBIGUOUS', 'campaign');
  const table = named === 'contact' ? 'contact' : 'lead';
  const id = uuidV5(`${campaignId}/${table}`, listNamespace);
  const list = { id, name: `Mkto-${table}s-${campaignId}` };
  const membership = { campaignId, list, member: { table, id: rowId } } as const;
  const isAdded = request.kind === 'ADD_TO_CAMPAIGN';
  return isAdded ? ports.addToCampaign(membership) : ports.removeFromCampaign(membership);
}

/** Namespace of the ids of lists. */
const listNamespace = '9c0a4a55-9f0e-5a44-bb0b-3f0f0a2f7d52';
/** Namespace of the ids of tasks. */
const taskNamespace = '5f1c6f0e-2a57-5c1a-8d58-6e2b6a3d7c11';
const dayMs = 86_400_000;

/** Noon UTC of the day that was named, or of so many days after the request: the same day almost everywhere. */
function dueAt({ askedAt, arguments: { due = '5' } }: MarketerRequest): string {
  const isDate = due.includes('-');
  const day = isDate ? due : new Date(Date.parse(askedAt) + Number(due) * dayMs).toISOString().slice(0, 10);
  return `${day}T12:00:00Z`;
}
