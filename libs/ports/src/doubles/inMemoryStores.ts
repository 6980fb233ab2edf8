import { compareSequence, SyncError, type ChangeEvent, type System } from '@lockstep/change-events';
import type { Consent, GoldenRecord } from '@lockstep/reconciliation';
import type {
  Claim,
  ClaimStore,
  ConsentStore,
  Delivery,
  DeliveryStore,
  GoldenStore,
  LinkStore,
  SyncStateStore,
} from '../goldenStore.ts';
import type { TroubleReader } from '../troubleReader.ts';
import type { WaitingWriteReader } from '../waitingWrites.ts';
import type { PastConflictStore } from '../pastConflicts.ts';
import type { OutcomeCountStore } from '../outcomeCounts.ts';
import type { WriteCountStore } from '../writeCounts.ts';
import { inMemoryOutcomeCounts } from './inMemoryOutcomeCounts.ts';
import { inMemoryPastConflicts } from './inMemoryPastConflicts.ts';
import { inMemoryTroubles } from './inMemoryTroubles.ts';
import { inMemoryWaitingWrites } from './inMemoryWaitingWrites.ts';
import { inMemoryWriteCounts } from './inMemoryWriteCounts.ts';

/** The stores in memory; values are copied in and out, as a database would, but for golden records, which nobody changes in place. */
export type InMemoryStores = {
  readonly golden: GoldenStore;
  readonly links: LinkStore;
  readonly claims: ClaimStore;
  readonly consents: ConsentStore;
  readonly deliveries: DeliveryStore;
  readonly syncState: SyncStateStore;
  readonly troubles: TroubleReader;
  readonly waitingWrites: WaitingWriteReader;
  readonly writeCounts: WriteCountStore;
  readonly outcomeCounts: OutcomeCountStore;
  readonly pastConflicts: PastConflictStore;
  /** Every golden record, in the order of insertion. */
  all(): GoldenRecord[];
};

/** Empty stores with the promises of the ports, for tests and the simulation. */
export function inMemoryStores(): InMemoryStores {
  const records = new Map<string, GoldenRecord>();
  return {
    golden: goldenStoreOver(records),
    links: inMemoryLinkStore(),
    claims: inMemoryClaimStore(),
    consents: inMemoryConsentStore(),
    deliveries: inMemoryDeliveryStore(),
    syncState: inMemorySyncState(),
    troubles: inMemoryTroubles(records),
    waitingWrites: inMemoryWaitingWrites(records),
    writeCounts: inMemoryWriteCounts(),
    outcomeCounts: inMemoryOutcomeCounts(),
    pastConflicts: inMemoryPastConflicts(),
    all: () => [...records.values()].map((record) => structuredClone(record)),
  };
}

function goldenStoreOver(records: Map<string, GoldenRecord>): GoldenStore {
  return {
    load: (goldenIds) => Promise.resolve(pickShared(records, goldenIds)),
    async save(saves) {
      const ids = new Set(saves.map(({ record }) => record.goldenId));
      if (ids.size < saves.length) throw new SyncError('INTERNAL', { reason: 'two saves of one record' });
      const refused = new Set<string>();
      for (const { record, expected } of saves) {
        const stored = records.get(record.goldenId)?.revision;
        if (compareSequence(stored, expected) === 0) records.set(record.goldenId, record);
        else refused.add(record.goldenId);
      }
      return refused;
    },
    ...queriesOver(records),
    estimateCount: () => Promise.resolve(records.size),
    async page(after, limitMax) {
      return [...records.values()]
        .filter(({ goldenId }) => after === null || goldenId > after)
        .sort((a, b) => (a.goldenId < b.goldenId ? -1 : 1))
        .slice(0, limitMax);
    },
  };
}

/** What the sweeps ask for. */
function queriesOver(
  records: Map<string, GoldenRecord>,
): Pick<
  GoldenStore,
  'findDue' | 'findWithheld' | 'findNaming' | 'findKeyed' | 'countWithheld' | 'findWaiting'
> {
  return {
    async findDue(nowMs, limitMax) {
      return [...records.values()]
        .flatMap(({ goldenId, dueAtMs }) =>
          dueAtMs !== null && dueAtMs <= nowMs ? [{ goldenId, dueAtMs }] : [],
        )
        .sort((a, b) => a.dueAtMs - b.dueAtMs)
        .slice(0, limitMax)
        .map(({ goldenId }) => goldenId);
    },
    async findWithheld(system, limitMax) {
      return [...records.values()]
        .filter(({ withheld }) => withheld?.[system])
        .slice(0, limitMax)
        .map(({ goldenId }) => goldenId);
    },
    async findNaming(rowIds, after, limitMax) {
      return [...records.values()]
        .filter(
          ({ goldenId, names = [] }) => names.some((id) => rowIds.includes(id)) && goldenId > (after ?? ''),
        )
        .map(({ goldenId }) => goldenId)
        .sort()
        .slice(0, limitMax);
    },
    async findKeyed(key, after, limitMax) {
      return [...records.values()]
        .filter(({ goldenId, keys = [] }) => keys.includes(key) && goldenId > (after ?? ''))
        .map(({ goldenId }) => goldenId)
        .sort()
        .slice(0, limitMax);
    },
    countWithheld: async (system) =>
      [...records.values()].filter(({ withheld }) => withheld?.[system]).length,
    async findWaiting(cause, limitMax) {
      return [...records.values()]
        .filter(({ waiting }) => waiting?.cause === cause)
        .slice(0, limitMax)
        .map(({ goldenId }) => goldenId);
    },
  };
}

function inMemoryLinkStore(): LinkStore {
  const stored = new Map<string, string>();
  const ends = new Map<string, ChangeEvent>();
  return {
    resolve: (rowKeys) => Promise.resolve(pick(stored, rowKeys)),
    async link(links) {
      for (const [rowKey, goldenId] of links) if (!stored.has(rowKey)) stored.set(rowKey, goldenId);
      return pick(stored, [...links.keys()]);
    },
    async relink(rowKeys, from, to) {
      for (const rowKey of rowKeys) if (stored.get(rowKey) === from) stored.set(rowKey, to);
    },
    async keepEnds(some) {
      for (const [rowKey, event] of some) ends.set(rowKey, structuredClone(event));
    },
    readEnds: (rowKeys) => Promise.resolve(pick(ends, rowKeys)),
  };
}

function inMemoryClaimStore(): ClaimStore {
  const rows = new Map<string, readonly Claim[]>();
  const others = ({ claim, rowKey }: Claim) =>
    (rows.get(claim) ?? []).filter((stored) => stored.rowKey !== rowKey);
  const holds = ({ claim, rowKey, goldenId }: Claim) =>
    rows.get(claim)?.some((stored) => stored.rowKey === rowKey && stored.goldenId === goldenId) ?? false;
  return {
    async add(claims) {
      for (const claim of claims) rows.set(claim.claim, [...others(claim), structuredClone(claim)]);
    },
    async remove(claims) {
      for (const claim of claims.filter(holds)) rows.set(claim.claim, others(claim));
    },
    async read(claims) {
      return new Map([...pick(rows, claims)].filter(([, found]) => found.length > 0));
    },
  };
}

function inMemoryConsentStore(): ConsentStore {
  const stored = new Map<string, Consent>();
  return {
    read: (claims) => Promise.resolve(pick(stored, claims)),
    async save(changes) {
      const refused = changes.filter(
        ({ consent, expected }) => (stored.get(consent.claim)?.revision ?? 0) !== expected,
      );
      for (const { consent } of changes.filter((change) => !refused.includes(change)))
        stored.set(consent.claim, structuredClone(consent));
      return new Set(refused.map(({ consent }) => consent.claim));
    },
  };
}

function inMemoryDeliveryStore(): DeliveryStore {
  const stored = new Map<string, Delivery>();
  return {
    load: (goldenIds) => Promise.resolve(pick(stored, goldenIds)),
    async save(deliveries) {
      for (const delivery of deliveries) stored.set(delivery.goldenId, structuredClone(delivery));
    },
  };
}

function inMemorySyncState(): SyncStateStore {
  let complete = false;
  let revisionEpoch = 1;
  const origins = new Map<System, string>();
  return {
    firstReadsComplete: () => Promise.resolve(complete),
    async markFirstReadsComplete() {
      complete = true;
    },
    revisionEpoch: () => Promise.resolve(revisionEpoch),
    async raiseRevisionEpoch(epoch) {
      revisionEpoch = Math.max(revisionEpoch, epoch);
    },
    originOf: (system) => Promise.resolve(origins.get(system) ?? null),
    rememberOrigin: async (system, origin) => void origins.set(system, origin),
  };
}

function pickShared<V>(from: ReadonlyMap<string, V>, keys: readonly string[]): Map<string, V> {
  const found = new Map<string, V>();
  for (const key of keys) {
    const value = from.get(key);
    if (value !== undefined) found.set(key, value);
  }
  return found;
}

function pick<V>(from: ReadonlyMap<string, V>, keys: readonly string[]): Map<string, V> {
  return new Map(
    keys.flatMap((key) => {
      const value = from.get(key);
      return value === undefined ? [] : [[key, structuredClone(value)] as const];
    }),
  );
}
