import { checkHistory, countFindings, fromLog, fromMarketoEmulator, findingKinds } from '@lockstep/checker';
import { personsFromMarketoEmulator, rowsFromDynamicsEmulator } from '@lockstep/checker';
import type { EmulatedPersonState, FindingKind, History, KeyedMessage, LoggedState } from '@lockstep/checker';
import { topics, type ChangeEvent } from '@lockstep/change-events';
import { openMongoStores } from '@lockstep/mongodb';
import { defaultMapping, mappingFor, type GoldenRecord } from '@lockstep/reconciliation';
import type { Controls } from './controls.ts';
import { goldenEventsOf } from './explainDispute.ts';
import type { TopicMessage } from './topicReader.ts';
import type { Failure } from './verdict.ts';

/** What the checker found, beside the invariants' own counts. */
export type Invariants = {
  readonly failures: readonly Failure[];
  readonly counts: Readonly<Record<FindingKind, number>>;
  readonly edits: number;
  readonly conflicts: number;
};

export type MongoAccess = { readonly mongodbUrl: string; readonly mongodbDatabase: string };

/**
 * Runs the history checker (design section 6) over the emulators' own logs, the topics and the database. It knows the
 * product's mapping; that mapping itself is judged by the demo's own table.
 */
export async function checkInvariants(
  controls: Controls,
  messages: readonly TopicMessage[],
  mongo: MongoAccess | null,
): Promise<Invariants> {
  const golden = goldenEventsOf(messages);
  const verdict = checkHistory({
    dynamics: {
      states: fromLog(await controls.allStates<LoggedState>('dataverse')),
      rows: {
        lead: rowsFromDynamicsEmulator('leadid', await controls.allRows('lead')),
        contact: rowsFromDynamicsEmulator('contactid', await controls.allRows('contact')),
      },
    },
    marketo: {
      states: fromMarketoEmulator(await controls.allStates<EmulatedPersonState>('marketo')),
      persons: personsFromMarketoEmulator(await controls.allPersons()),
    },
    golden,
    changes: changesByTopic(messages),
    stored: mongo === null ? null : await readStored(mongo, new Set(golden.map(({ goldenId }) => goldenId))),
    // Relations are judged by nobody yet: they wait for parents, and Marketo keeps what cannot be taken away.
    mapping: mappingFor(defaultMapping, []),
    matchByEmail: true,
  });
  const failures = findingKinds.flatMap((kind) =>
    verdict[kind].map(({ what, ids, reason }): Failure => ({
      kind: 'invariant',
      text: `${kind}: ${what} of ${ids.join(', ')}: ${reason}`,
    })),
  );
  return { failures, counts: countFindings(verdict), edits: verdict.edits, conflicts: verdict.conflicts };
}

function changesByTopic(messages: readonly TopicMessage[]): History['changes'] {
  const byTopic: Record<string, KeyedMessage<ChangeEvent>[]> = {};
  const decisions = topics.goldenChanges('person');
  for (const { topic, key, value } of messages) {
    if (topic === decisions || topic === topics.deadLetters) continue;
    (byTopic[topic] ??= []).push({ key, value: value as ChangeEvent | null });
  }
  return byTopic;
}

const idsPerReadMax = 500;

async function readStored(mongo: MongoAccess, goldenIds: ReadonlySet<string>): Promise<GoldenRecord[]> {
  const stores = await openMongoStores({ url: mongo.mongodbUrl, database: mongo.mongodbDatabase });
  try {
    const ids = [...goldenIds];
    const stored: GoldenRecord[] = [];
    for (let first = 0; first < ids.length; first += idsPerReadMax)
      stored.push(...(await stores.golden.load(ids.slice(first, first + idsPerReadMax))).values());
    return stored;
  } finally {
    await stores.close();
  }
}
