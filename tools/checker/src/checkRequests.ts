import { hasEnded, type MarketerRequest, type RequestKind } from '@lockstep/change-events';
import type { History, RequestHistory, StateEntry } from './history.ts';
import { isOfParted } from './madeRows.ts';
import { isOurs } from './timeline.ts';
import type { FindingKind, Findings } from './verdict.ts';

type Asked = RequestHistory & {
  readonly history: History;
  /** Rows that a golden event ever showed beside a person. */
  readonly rowsOf: ReadonlyMap<string, ReadonlySet<string>>;
};

type Tell = (kind: FindingKind | 'exempt', reason: string) => void;

/** Every request that a door accepted ends, and what it asks for is done once, or not at all (F-21, F-34 to F-36). */
export function checkRequests(findings: Findings, history: History): void {
  const { requests } = history;
  if (!requests) return;
  const asked: Asked = { ...requests, history, rowsOf: rowsByPerson(history) };
  for (const { requestId, personId } of asked.accepted) {
    const tell: Tell = (kind, reason) =>
      findings[kind].push({ what: 'request', ids: [requestId, personId], reason });
    const states = asked.states.filter((state) => state.requestId === requestId);
    checkEnd(asked, personId, states, tell);
    checkTimes(asked, states, tell);
  }
  checkMembers(findings, asked);
}

/** By person, the rows of its records. */
export function rowsByPerson({ golden }: History): ReadonlyMap<string, ReadonlySet<string>> {
  const rows = new Map<string, Set<string>>();
  for (const event of golden) {
    const ids = event.rows.filter(({ system }) => system === 'dynamics').map(({ id }) => id);
    for (const { system, id } of event.rows)
      if (system === 'marketo') rows.set(id, new Set([...(rows.get(id) ?? []), ...ids]));
  }
  return rows;
}

const endsOf = (states: readonly MarketerRequest[]): ReadonlySet<string> =>
  new Set(states.filter(hasEnded).map(({ state }) => state));

function checkEnd({ rowsOf }: Asked, personId: string, states: readonly MarketerRequest[], tell: Tell): void {
  const ends = endsOf(states);
  if (ends.size > 1) tell('doubled', 'a request ended in two ways');
  if (ends.size > 0) return;
  if (states.length === 0) tell('lost', 'a request was accepted and never published');
  // It waits for a day: longer than anything here.
  else if (!rowsOf.has(personId)) tell('exempt', 'person-never-read');
  else tell('stuck', 'a request did not end');
}

type Count = (asked: Asked, request: MarketerRequest) => number;

/** How often a request was carried out; tasks have a subject, and owners a user, of their own. */
const timesDone: Partial<Readonly<Record<RequestKind, Count>>> = {
  CREATE_TASK({ tasks, rowsOf }, { personId, arguments: { subject } }) {
    const rows = rowsOf.get(personId);
    return tasks.filter((task) => task.subject === subject && rows?.has(task.regardingId)).length;
  },
  CHANGE_OWNER: ({ history }, request) => statesGiven(history, request).length,
};

/** States in which we gave a row to whom the request names. */
const statesGiven = (
  { dynamics }: History,
  { arguments: { owner } }: MarketerRequest,
): readonly StateEntry[] => dynamics.states.filter((state) => isOurs(state) && ownerIn(state) === owner);

function ownerIn({ changed }: StateEntry): unknown {
  const owner = changed['ownerid']?.after;

  return typeof owner === 'object' && owner !== null && 'id' in owner ? owner.id : null;
}

function checkTimes(asked: Asked, states: readonly MarketerRequest[], tell: Tell): void {
  const [request] = states;
  const count = request?.kind && timesDone[request.kind];
  if (!count) return;
  const times = count(asked, request);
  if (times > 1) tell(...faultOfMany(asked, request));
  const isDone = endsOf(states).has('DONE');
  const fault = isDone ? faultOfDone(times) : faultOfUndone(asked, request, times);
  if (fault) tell(...fault);
}

/** What was on its way when its pair was parted is done for the row, and once more for the person. */
const faultOfMany = ({ history }: Asked, { personId }: MarketerRequest): Parameters<Tell> =>
  isOfParted(history, personId)
    ? ['exempt', 'parted-meanwhile']
    : ['doubled', 'a request was carried out more than once'];

type Fault = readonly [FindingKind, string];

const faultOfDone = (times: number): Fault | null =>
  times === 0 ? ['lost', 'a request is done, and nothing was'] : null;

/** A row that was made for its owner may be gone before it is known. */
function faultOfUndone({ history }: Asked, request: MarketerRequest, times: number): Fault | null {
  const isMade = statesGiven(history, request).some(({ operation }) => operation === 'create');

  return times === 0 || isMade ? null : ['unexpected', 'a request that failed was carried out'];
}

/** Of a person that had one row ever, which had no other person, the last request about the campaign says whether the row is on its list. */
function checkMembers(findings: Findings, { states, members, rowsOf }: Asked): void {
  const done = states.filter((request) => request.state === 'DONE' && isAboutCampaign(request));
  const last = new Map(done.map((request) => [request.personId, request]));
  for (const { requestId, personId, kind } of last.values()) {
    const [rowId = '', ...others] = rowsOf.get(personId) ?? [];
    const isShared = [...rowsOf].some(([id, rows]) => id !== personId && rows.has(rowId));
    if (others.length > 0 || isShared) continue;
    if (members.includes(rowId) !== (kind === 'ADD_TO_CAMPAIGN'))
      findings.differences.push({
        ...{ what: 'campaign', ids: [requestId, personId, rowId] },
        reason: 'the last request about a campaign does not hold',
      });
  }
}

const isAboutCampaign = ({ kind }: MarketerRequest): boolean =>
  kind === 'ADD_TO_CAMPAIGN' || kind === 'REMOVE_FROM_CAMPAIGN';
