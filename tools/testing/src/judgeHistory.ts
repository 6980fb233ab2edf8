import { setTimeout as sleep } from 'node:timers/promises';
import { topics, type ChangeEvent, type GoldenEvent } from '@lockstep/change-events';
import {
  checkHistory,
  findingKinds,
  type Finding,
  type FindingKind,
  type History,
  type KeyedMessage,
  type MergedPerson,
} from '@lockstep/checker';
import { openMongoStores } from '@lockstep/mongodb';
import type { GoldenRecord } from '@lockstep/reconciliation';
import { readBothSides, type BothSides } from './differencesBetween.ts';
import { readTopics, type TopicsToRead } from './readTopics.ts';

/** Where everything is that a verdict rests on. */
export type HistoryPlaces = BothSides &
  Omit<TopicsToRead, 'names'> & {
    readonly mongodbUrl: string;
    readonly mongodbDatabase: string;
    /** Persons that people merged in Marketo, in order; none without it. */
    readonly mergedPersons?: readonly MergedPerson[];
  };

const golden = topics.goldenChanges('person');
const changeTopics = [
  topics.dynamicsChanges('lead'),
  topics.dynamicsChanges('contact'),
  topics.marketingChanges('lead'),
  topics.marketingChanges('contact'),
];

/** The emulators' logs, the topics and the database. */
export async function readHistory(places: HistoryPlaces): Promise<History> {
  const messages = await readTopics({ ...places, names: [golden, ...changeTopics] });
  const events = messages.flatMap(({ topic, value }) =>
    topic === golden && value !== null ? [value as GoldenEvent] : [],
  );
  const changes: Record<string, KeyedMessage<ChangeEvent>[]> = {};
  for (const { topic, key, value } of messages)
    if (topic !== golden) (changes[topic] ??= []).push({ key, value: value as ChangeEvent | null });
  const stored = await readStored(places, [...new Set(events.map(({ goldenId }) => goldenId))]);
  const { mergedPersons = [] } = places;
  return {
    ...(await readBothSides(places)),
    ...{ golden: events, changes, stored, mergedPersons },
  };
}

/** A verdict in short, for an expectation that shows what was found. */
export type Judged = {
  readonly findings: readonly (Finding & { readonly kind: FindingKind })[];
  readonly linkedPairs: number;
  /** All that was judged, when anything was found. */
  readonly history?: History;
};

const lookAgainMs = 2_000;

/**
 * Judges (design section 6) until nothing is found, for at most `catchUpMs`: both systems are quiet before the topics are, for a service
 * still has to read and publish what the last write did. Rejects at the signal.
 */
export async function judgeOnceCaughtUp(
  places: HistoryPlaces,
  catchUpMs: number,
  signal?: AbortSignal,
): Promise<Judged> {
  const judge = async (): Promise<Judged> => {
    const history = await readHistory(places);
    const verdict = checkHistory(history);
    const findings = findingKinds.flatMap((kind) => verdict[kind].map((finding) => ({ kind, ...finding })));
    return { findings, linkedPairs: verdict.linkedPairs, ...(findings.length > 0 && { history }) };
  };
  return lookUntil(judge, ({ findings }) => findings.length === 0, { forMs: catchUpMs, signal });
}

/** Looks until it is as wished, or for at most `forMs`; answers what was found last. Rejects at the signal. */
export async function lookUntil<Found>(
  look: () => Promise<Found>,
  isWished: (found: Found) => boolean,
  { forMs, signal }: { readonly forMs: number; readonly signal: AbortSignal | undefined },
): Promise<Found> {
  const deadlineMs = performance.now() + forMs;
  for (;;) {
    const found = await look();
    if (isWished(found) || performance.now() >= deadlineMs) return found;
    await sleep(lookAgainMs, undefined, { signal });
  }
}

/** Golden records that are asked for at a time. */
const loadMax = 300;

async function readStored(places: HistoryPlaces, goldenIds: readonly string[]): Promise<GoldenRecord[]> {
  const stores = await openMongoStores({ url: places.mongodbUrl, database: places.mongodbDatabase });
  try {
    const records: GoldenRecord[] = [];
    for (let at = 0; at < goldenIds.length; at += loadMax)
      records.push(...(await stores.golden.load(goldenIds.slice(at, at + loadMax))).values());
    return records;
  } finally {
    await stores.close();
  }
}
