import { isoTime, type FieldDefinition } from '@lockstep/change-events';
import {
  marketoBatchMax,
  type CallBudget,
  type CallLane,
  type Clock,
  type Lease,
  type MarketoObjects,
  type MarketoPeople,
  type MarketoSetup,
} from '@lockstep/ports';
import { createAccessTokens } from './accessTokens.ts';
import { createCallCounter, type CallCounter } from './callCounter.ts';
import { createCallLimiter } from './callLimiter.ts';
import { findPersons } from './findPersons.ts';
import { createHttpTransport } from './httpTransport.ts';
import { positionFailure } from './failures.ts';
import { createMarketoClients, type MarketoClient, type MarketoEnvelope } from './marketoClient.ts';
import { createMarketoSetup } from './marketoSetup.ts';
import { openingCall } from './openingCall.ts';
import {
  changePartition,
  mergeLeads,
  readDeletedIds,
  readFeedRows,
  readMerges,
  readPartitionRows,
} from './readFeedRows.ts';
import { readMembers } from './readMembers.ts';
import { readObjectResults } from './readObjectResults.ts';
import { createObjectCalls } from './objectCalls.ts';
import { invalid } from './readValues.ts';
import { readUsage } from './readUsage.ts';
import { upsertPersons } from './upsertPersons.ts';

export type MarketoOptions = {
  /** Such as `https://123-abc-456.mktorest.com`. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What is read of a person and followed in the feed. */
  readonly fields: readonly FieldDefinition[];
  /** Followed in the feed beside them, and never read of a person. */
  readonly feedField?: string | undefined;
  /** Part of the next two that we use, 0.5 by default: the rest is for the customer's other integrations (marketo-rest 6). */
  readonly share?: number;
  /** What Marketo allows all users of the instance together: 100 by default, */
  readonly callsPer20s?: number;
  /** 10 by default, */
  readonly concurrentMax?: number;
  /** and 50,000 by default, of which everything may be used, until Marketo's own count of all users says that it is. */
  readonly callsPerDay?: number;
  /** Above Marketo's own limit for an upsert, 90 s, so that its 604 arrives before we hang up. */
  readonly requestTimeoutMs?: number;
  readonly clock: Clock;
};

export type Marketo = {
  /** The same database; the calls of each view wait in its lane, and are sent only while its lease is held. */
  lane(lane: CallLane, lease?: Lease): MarketoPeople;
  /** Its records other than persons, in the same lanes. */
  objects(lane: CallLane, lease?: Lease): MarketoObjects;
  /** Of all lanes together. */
  readonly budget: CallBudget;
  readonly setup: MarketoSetup;
  /** From now on these are read of persons, without those that the setup leaves out. */
  readFields(fields: readonly FieldDefinition[]): void;
  close(): Promise<void>;
};

/** A date header leaves out the part of a second. */
const halfSecondMs = 500;

/** Opens Marketo's person database over its REST API. Nothing is sent before the first call. */
export function createMarketo(options: MarketoOptions): Marketo {
  const { clientId, clientSecret, clock } = options;
  const reading = createReading(options);
  let clockLeadMs: number | null = null;
  const { origin } = new URL(options.url);
  const stop = new AbortController();
  const limits = limitsOf(options);
  const transport = createHttpTransport({
    connectionsMax: limits.concurrentMax + 1,
    requestTimeoutMs: options.requestTimeoutMs ?? 100_000,
    onDate: (dateMs) => {
      clockLeadMs = dateMs + halfSecondMs - clock.now();
    },
  });
  const counter = createCallCounter(options.callsPerDay ?? 50_000, clock.now);
  const clients = createMarketoClients({
    origin,
    transport,
    clock,
    counter,
    stopped: stop.signal,
    tokens: createAccessTokens({ origin, clientId, clientSecret, transport, clock }),
    limiter: createCallLimiter({ ...limits, counter, clock }, stop.signal),
  });

  return {
    lane: (lane, lease) => createPeople(clients(lane, lease), reading.now),
    objects: (lane, lease) => createObjectCalls(clients(lane, lease), clock.now),
    budget: budgetOf(counter, clients('FRESH')),
    setup: createMarketoSetup({
      client: clients('FRESH'),
      clockLeadMs: () => clockLeadMs,
      leaveOut: reading.leaveOut,
    }),
    readFields: reading.read,
    close: async () => {
      stop.abort();
      await transport.close();
    },
  };
}

/** What is read of persons: what is wanted, without what Marketo lacks. */
function createReading(options: Pick<MarketoOptions, 'fields' | 'feedField'>) {
  let { fields } = options;
  let leftOut: ReadonlySet<string> = new Set();

  return {
    now: (): ReturnType<FieldsNow> => ({
      fields: fields.filter(({ name }) => !leftOut.has(name)),
      feedField: leftOut.has(options.feedField ?? '') ? undefined : options.feedField,
    }),
    leaveOut: (names: ReadonlySet<string>): void => void (leftOut = names),
    read: (next: readonly FieldDefinition[]): void => void (fields = next),
  };
}

function limitsOf({ share = 0.5, callsPer20s = 100, concurrentMax = 10 }: MarketoOptions) {
  const part = (limit: number): number => Math.max(1, Math.floor(limit * share));

  return { callsPer20s: part(callsPer20s), concurrentMax: part(concurrentMax) };
}

function budgetOf(counter: CallCounter, client: MarketoClient): CallBudget {
  return {
    report: counter.report,
    raiseTo: counter.raiseTo,
    async countOthers() {
      const usage = await client.call({ kind: 'read', path: 'stats/usage.json', query: {} });
      const { day, byLane } = counter.report();
      counter.raiseTo({ day, byLane, used: readUsage(usage.result, day) });
    },
  };
}

type FieldsNow = () => {
  readonly fields: readonly FieldDefinition[];
  readonly feedField: string | undefined;
};

function createPeople(client: MarketoClient, fieldsNow: FieldsNow): MarketoPeople {
  const read = (path: string, query: Readonly<Record<string, string>>) =>
    client.call({ kind: 'read', path, query });
  const readActivities = (path: string, position: string, more: Readonly<Record<string, string>> = {}) =>
    read(`${path}.json`, { nextPageToken: position, batchSize: String(marketoBatchMax), ...more }).catch(
      (error: unknown) => {
        throw positionFailure(error);
      },
    );

  return {
    async openFeed(sinceMs) {
      const sinceDatetime = isoTime(Math.floor(sinceMs / 1000) * 1000);

      return positionOf(await client.call(openingCall(sinceDatetime)));
    },
    async readFeed(position) {
      const { fields, feedField } = fieldsNow();
      const names = [...fields.map(({ name }) => name), ...(feedField === undefined ? [] : [feedField])];
      const page = await readActivities('activities/leadchanges', position, { fields: names.join(',') });

      return { ...readFeedRows(page.result, new Set(names)), ...placeOf(page) };
    },
    async readDeleted(position) {
      const page = await readActivities('activities/deletedleads', position);
      const { rows: personIds, refused } = readDeletedIds(page.result);

      return { personIds, refused, ...placeOf(page) };
    },
    async readMergesAndPartitions(position) {
      const activityTypeIds = [mergeLeads, changePartition].join();
      const page = await readActivities('activities', position, { activityTypeIds });

      const { rows: merges, refused } = readMerges(page.result);
      const partitions = readPartitionRows(page.result);

      return {
        ...{ merges, partitionRows: partitions.rows, refused: [...refused, ...partitions.refused] },
        ...placeOf(page),
      };
    },
    findPersons: (field, values) => findPersons({ client, fields: fieldsNow().fields, field, values }),
    readMembers: (listId, position) => readMembers(client, listId, position),
    upsert: (request) => upsertPersons(client, request),
    ...createPersonEnds(client),
  };
}

function createPersonEnds(client: MarketoClient): Pick<MarketoPeople, 'deletePersons' | 'mergePersons'> {
  return {
    async deletePersons(personIds) {
      const input = personIds.map((id) => ({ id: Number(id) }));
      const { result } = await client.call({ kind: 'write', path: 'leads/delete.json', body: { input } });

      return readObjectResults(result, personIds.length, 'delete');
    },
    async mergePersons(winnerId, loserIds) {
      const query = new URLSearchParams({ leadIds: loserIds.join(',') }).toString();
      await client.call({ kind: 'write', path: `leads/${winnerId}/merge.json?${query}`, body: {} });
    },
  };
}

const placeOf = (page: MarketoEnvelope) => ({
  position: positionOf(page),
  hasMore: page.moreResult === true,
});

/** The token is there on every page, also on the last (marketo-rest 3.2). */
function positionOf({ nextPageToken }: MarketoEnvelope): string {
  if (typeof nextPageToken !== 'string' || nextPageToken === '') throw invalid('nextPageToken');

  return nextPageToken;
}
