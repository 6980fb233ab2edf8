import { isoTime, type FieldDefinition } from '@lockstep/change-events';
import { marketoBatchMax, type Clock, type MarketoPeople } from '@lockstep/ports';
import { createAccessTokens } from './accessTokens.ts';
import { createCallLimiter } from './callLimiter.ts';
import { findPersons } from './findPersons.ts';
import { createHttpTransport } from './httpTransport.ts';
import type { CallLane } from './laneQueue.ts';
import { createMarketoClients, type MarketoClient, type MarketoEnvelope } from './marketoClient.ts';
import { readDeletedIds, readFeedRows } from './readFeedRows.ts';
import { invalid } from './readValues.ts';
import { upsertPersons } from './upsertPersons.ts';

export type MarketoOptions = {
  /** Such as `https://123-abc-456.mktorest.com`. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What is read of a person and followed in the feed. */
  readonly fields: readonly FieldDefinition[];
  /** Marketo allows 100 in all; half of it leaves room for the customer's other integrations (marketo-rest 6). */
  readonly callsPer20s?: number;
  /** Marketo allows 10 in all. */
  readonly concurrentMax?: number;
  /** Above Marketo's own longest, 90 s for an upsert, so that its 604 arrives before we hang up. */
  readonly requestTimeoutMs?: number;
  readonly clock: Clock;
};

export type Marketo = {
  /** The same database; the calls of each view wait in its lane. */
  lane(lane: CallLane): MarketoPeople;
  close(): Promise<void>;
};

/** Opens Marketo's person database over its REST API. Nothing is sent before the first call. */
export function createMarketo(options: MarketoOptions): Marketo {
  const { clientId, clientSecret, clock, callsPer20s = 50, concurrentMax = 5 } = options;
  const { origin } = new URL(options.url);
  const stop = new AbortController();
  const transport = createHttpTransport(concurrentMax + 1, options.requestTimeoutMs ?? 100_000);
  const clients = createMarketoClients({
    origin,
    transport,
    clock,
    stopped: stop.signal,
    tokens: createAccessTokens({ origin, clientId, clientSecret, transport, clock }),
    limiter: createCallLimiter({ callsPer20s, concurrentMax, clock }, stop.signal),
  });

  return {
    lane: (lane) => createPeople(clients(lane), options.fields),
    close: async () => {
      stop.abort();
      await transport.close();
    },
  };
}

function createPeople(client: MarketoClient, fields: readonly FieldDefinition[]): MarketoPeople {
  const names = fields.map(({ name }) => name);
  const known = new Set(names);
  const read = (path: string, query: Readonly<Record<string, string>>) =>
    client.call({ kind: 'read', path, query });
  const readActivities = (endpoint: string, position: string, more: Readonly<Record<string, string>> = {}) =>
    read(`activities/${endpoint}.json`, {
      nextPageToken: position,
      batchSize: String(marketoBatchMax),
      ...more,
    });

  return {
    async openFeed(sinceMs) {
      const sinceDatetime = isoTime(Math.floor(sinceMs / 1000) * 1000);

      return positionOf(await read('activities/pagingtoken.json', { sinceDatetime }));
    },
    async readFeed(position) {
      const page = await readActivities('leadchanges', position, { fields: names.join(',') });

      return {
        rows: readFeedRows(page.result, known),
        position: positionOf(page),
        hasMore: page.moreResult === true,
      };
    },
    async readDeleted(position) {
      const page = await readActivities('deletedleads', position);

      return {
        personIds: readDeletedIds(page.result),
        position: positionOf(page),
        hasMore: page.moreResult === true,
      };
    },
    findPersons: (field, values) => findPersons({ client, fields, field, values }),
    upsert: (request) => upsertPersons(client, request),
  };
}

/** The token is there on every page, also on the last (marketo-rest 3.2). */
function positionOf({ nextPageToken }: MarketoEnvelope): string {
  if (typeof nextPageToken !== 'string' || nextPageToken === '') throw invalid('nextPageToken');

  return nextPageToken;
}
