import { isoTime, SyncError, type MarketerRequest, type RequestDoor } from '@lockstep/change-events';
import type { Clock, FeedRow, RequestStore } from '@lockstep/ports';
import { readRequest, type ReadRequest } from './readRequest.ts';
import { readRequestText } from './requestText.ts';

export type AcceptOptions = {
  readonly requests: Pick<RequestStore, 'accept'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Something was stored, so that there may be something to publish. */
  readonly onAccepted: (requests: readonly MarketerRequest[]) => void;
};

/** What a door was handed for one person; values are as they were written. */
export type Asked = {
  /** Unique within its door. */
  readonly id: string;
  readonly personId: string;
  readonly words: string;
  readonly arguments: Readonly<Record<string, string | null>>;
};

/**
 * The doors by which requests come in (decision 14). All store before they answer and repeat nothing: what is known under an id
 * already is given back in its present state. Each throws MONGODB_*.
 */
export type RequestDoors = {
  /** One request of whoever waits for the answer; throws REQUEST_INVALID, and stores nothing then. */
  webhook(asked: Asked): Promise<MarketerRequest>;
  /** The people of one call of a flow step, in its order; what is wrong is stored as FAILED. */
  flowStep(asked: readonly Asked[]): Promise<readonly MarketerRequest[]>;
  /** Rows that set the request field; what is wrong is stored as FAILED, an emptied field asks for nothing. */
  field(rows: readonly FeedRow[]): Promise<void>;
};

export function createRequestDoors(options: AcceptOptions): RequestDoors {
  const { clock } = options;
  const storeAll = (requests: readonly MarketerRequest[]) => accept(options, requests);

  return {
    async webhook(asked) {
      const read = readRequest(asked.words, asked.arguments);
      if ('fault' in read) throw new SyncError('REQUEST_INVALID', { detail: read.fault });
      const [stored] = await storeAll([requestOf('WEBHOOK', asked, read, clock.now())]);
      if (!stored) throw new SyncError('INTERNAL', { reason: 'a request was not stored' });

      return stored;
    },
    flowStep: (asked) =>
      storeAll(
        asked.map((one) => requestOf('FLOW_STEP', one, readRequest(one.words, one.arguments), clock.now())),
      ),
    async field(rows) {
      const asked = rows.filter(({ newValue }) => (newValue ?? '').trim() !== '');
      const requests = asked.map(({ marketoGUID: id, personId, newValue, activityDate }) =>
        requestOf('FIELD', { id, personId }, readRequestText(newValue ?? ''), Date.parse(activityDate)),
      );
      await storeAll([...new Map(requests.map((request) => [request.requestId, request])).values()]);
    },
  };
}

async function accept(
  { requests: store, onAccepted }: AcceptOptions,
  requests: readonly MarketerRequest[],
): Promise<readonly MarketerRequest[]> {
  if (requests.length === 0) return [];
  const stored = await store.accept(requests);
  onAccepted(stored);

  return stored;
}

/** A rule asks inside. */
type OpenDoor = Exclude<RequestDoor, 'RULE'>;

const prefixes: Readonly<Record<OpenDoor, string>> = {
  WEBHOOK: 'webhook',
  FIELD: 'field',
  FLOW_STEP: 'flow-step',
};

function requestOf(
  door: OpenDoor,
  { id, personId }: Pick<Asked, 'id' | 'personId'>,
  read: ReadRequest,
  askedAtMs: number,
): MarketerRequest {
  const at = isoTime(askedAtMs);
  const head = { requestId: `${prefixes[door]}/${id}`, personId, door, askedAt: at, at };
  if ('fault' in read)
    return {
      ...head,
      ...{ kind: null, arguments: {}, state: 'FAILED', code: 'REQUEST_INVALID', detail: read.fault },
    };

  return { ...head, ...read, state: 'QUEUED', code: null, detail: null };
}
