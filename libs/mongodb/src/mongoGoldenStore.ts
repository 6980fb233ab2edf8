import { SyncError } from '@lockstep/change-events';
import { troubleKey, waitingSince, type GoldenStore, type GuardedSave } from '@lockstep/ports';
import {
  troublesOf,
  waitingWritesOf,
  type GoldenRecord,
  type Trouble,
  type WaitingWrite,
} from '@lockstep/reconciliation';
import { ObjectId, type AnyBulkWriteOperation, type Collection, type Filter } from 'mongodb';
import { coded } from './codedErrors.ts';
import { isOnlyDuplicateKeys } from './duplicateKeys.ts';

/**
 * A golden record as stored. `body` is the part that is only ever read whole, as JSON text: it makes loads four times and
 * saves twice as fast on the local stack (docs/decisions/0009). `saveId` tells whose save it holds: two processes that
 * decide from one revision write the same next revision. `dueAtMs` is absent instead of null, which keeps the record out
 * of the sparse index. `format` is raised
 * when an earlier version would misread, or lose, what is stored.
 */
export type GoldenDocument = Pick<
  GoldenRecord,
  | 'revision'
  | 'entity'
  | 'kind'
  | 'aliasOf'
  | 'waiting'
  | 'held'
  | 'names'
  | 'followed'
  | 'keys'
  | 'attaching'
  | 'lane'
  | 'troubledSince'
  | 'apart'
  | 'parted'
  | 'consent'
  | 'withheld'
  | 'forecast'
> & {
  readonly _id: string;
  readonly saveId: ObjectId;
  /** Absent from documents of the first versions. */
  readonly format?: number;
  readonly dueAtMs?: number;
  /** Of a record in trouble: its place in their order, and what they are, to be asked for. */
  readonly troubled?: { readonly key: string; readonly by: readonly Pick<Trouble, 'side' | 'code'>[] };
  /** What waits to be written for it, and since when the first of it, to be counted. */
  readonly writing?: { readonly since: string; readonly writes: readonly WaitingWrite[] };
  readonly body: string;
};

const formatKnown = 1;

function toDocument(record: GoldenRecord): GoldenDocument {
  const { goldenId, dueAtMs, fields, rows, outbox, conflicts, ...parts } = record;
  const body = JSON.stringify({ fields, rows, outbox, conflicts });
  return {
    ...{ _id: goldenId, ...parts, ...troubledIn(record), body, saveId: new ObjectId(), format: formatKnown },
    ...(dueAtMs === null ? {} : { dueAtMs }),
    ...writingIn(record),
  };
}

function writingIn(record: GoldenRecord): Pick<GoldenDocument, 'writing'> {
  const writes = waitingWritesOf(record);
  const since = waitingSince(writes);

  return since === null ? {} : { writing: { since, writes } };
}

function troubledIn(record: GoldenRecord): Pick<GoldenDocument, 'troubled'> {
  const { troubledSince: since, goldenId } = record;
  if (since === undefined) return {};
  const by = troublesOf(record).map(({ side, code }) => ({ side, code }));

  return { troubled: { key: troubleKey(since, goldenId), by } };
}

/** A stored document as the record that it holds. Throws GOLDEN_FORMAT_NEWER: a record is never written back as an older one. */
export function toRecord({
  _id,
  saveId: _saveId,
  troubled: _troubled,
  writing: _writing,
  format = formatKnown,
  dueAtMs,
  body,
  ...parts
}: GoldenDocument): GoldenRecord {
  if (format > formatKnown)
    throw new SyncError('GOLDEN_FORMAT_NEWER', { goldenId: _id, format, known: formatKnown });
  const whole = JSON.parse(body) as Pick<GoldenRecord, 'fields' | 'rows' | 'outbox' | 'conflicts'>;
  return { goldenId: _id, ...parts, ...whole, dueAtMs: dueAtMs ?? null };
}

function toWrite(
  document: GoldenDocument,
  expected: GuardedSave['expected'],
): AnyBulkWriteOperation<GoldenDocument> {
  if (!expected) return { insertOne: { document } };
  const { _id, ...replacement } = document;
  const filter = { _id, 'revision.epoch': expected.epoch, 'revision.number': expected.number };
  return { replaceOne: { filter, replacement } };
}

/** What `save` asks of the server for these, in their order. */
export function goldenWrites(saves: readonly GuardedSave[]): AnyBulkWriteOperation<GoldenDocument>[] {
  return saves.map(({ record, expected }) => toWrite(toDocument(record), expected));
}

function assertDistinct(saves: readonly GuardedSave[]): void {
  const distinct = new Set(saves.map(({ record }) => record.goldenId)).size;
  if (distinct < saves.length) throw new SyncError('INTERNAL', { reason: 'two saves of one record' });
}

/** Golden ids by a filter: in no order, or in theirs from behind one. */
function finders(collection: Collection<GoldenDocument>, maxTimeMS: number) {
  const idsBy = (filter: Filter<GoldenDocument>) =>
    collection.find(filter, { projection: { _id: 1 }, maxTimeMS });
  const idsIn = async (query: ReturnType<typeof idsBy>): Promise<readonly string[]> =>
    (await query.toArray()).map(({ _id }) => _id);

  return {
    findIds: async (filter: Filter<GoldenDocument>, limitMax: number): Promise<readonly string[]> =>
      limitMax <= 0 ? [] : idsIn(idsBy(filter).limit(limitMax)),
    findBehind(filter: Filter<GoldenDocument>, after: string | null, limitMax: number) {
      const behind = after === null ? filter : { ...filter, _id: { $gt: after } };

      return idsIn(idsBy(behind).sort({ _id: 1 }).limit(limitMax));
    },
  };
}

/** What the sweeps ask for; each query has a sparse index. */
function queries(
  collection: Collection<GoldenDocument>,
  maxTimeMS: number,
): Pick<
  GoldenStore,
  | 'findDue'
  | 'findWaiting'
  | 'findWithheld'
  | 'findNaming'
  | 'findKeyed'
  | 'countWithheld'
  | 'page'
  | 'estimateCount'
> {
  const { findIds, findBehind } = finders(collection, maxTimeMS);

  return {
    findDue: (nowMs, limitMax) =>
      coded('golden.findDue', async () => {
        if (limitMax <= 0) return [];
        const due = await collection
          .find({ dueAtMs: { $lte: nowMs } }, { projection: { _id: 1 }, maxTimeMS })
          .sort({ dueAtMs: 1 })
          .limit(limitMax)
          .toArray();
        return due.map(({ _id }) => _id);
      }),
    findWaiting: (cause, limitMax) =>
      coded('golden.findWaiting', () => findIds({ 'waiting.cause': cause }, limitMax)),
    findWithheld: (system, limitMax) =>
      coded('golden.findWithheld', () => findIds({ [`withheld.${system}`]: true }, limitMax)),
    findNaming: (rowIds, after, limitMax) =>
      coded('golden.findNaming', () => findBehind({ names: { $in: [...rowIds] } }, after, limitMax)),
    findKeyed: (key, after, limitMax) =>
      coded('golden.findKeyed', () => findBehind({ keys: key }, after, limitMax)),
    countWithheld: (system) =>
      coded('golden.countWithheld', () =>
        collection.countDocuments({ [`withheld.${system}`]: true }, { maxTimeMS }),
      ),
    estimateCount: () =>
      coded('golden.estimateCount', () => collection.estimatedDocumentCount({ maxTimeMS })),
    page: (after, limitMax) =>
      coded('golden.page', async () => {
        const filter = after === null ? {} : { _id: { $gt: after } };
        const found = collection.find(filter, { maxTimeMS }).sort({ _id: 1 }).limit(limitMax);
        return (await found.toArray()).map(toRecord);
      }),
  };
}

/** Golden records by compare-and-set. Throws MONGODB_UNREACHABLE (the save may have happened) or MONGODB_REFUSED. */
export function mongoGoldenStore(collection: Collection<GoldenDocument>, maxTimeMS: number): GoldenStore {
  async function allWritten(writes: AnyBulkWriteOperation<GoldenDocument>[]): Promise<boolean> {
    try {
      const { matchedCount, insertedCount } = await collection.bulkWrite(writes, { ordered: false });
      return matchedCount + insertedCount === writes.length;
    } catch (error) {
      if (isOnlyDuplicateKeys(error)) return false;
      throw error;
    }
  }

  /**
   * A bulk write only counts, so the refused saves are those that are not what is stored now. One that was saved and
   * then overtaken by somebody else counts as refused too; deciding it again on what is stored does no harm.
   */
  async function findRefused(documents: readonly GoldenDocument[]): Promise<Set<string>> {
    const goldenIds = documents.map(({ _id }) => _id);
    const stored = await collection
      .find({ _id: { $in: goldenIds } }, { projection: { saveId: 1 }, maxTimeMS })
      .toArray();
    const saveIds = new Map(stored.map(({ _id, saveId }) => [_id, saveId.toHexString()]));
    return new Set(
      documents.filter(({ _id, saveId }) => saveIds.get(_id) !== saveId.toHexString()).map(({ _id }) => _id),
    );
  }

  return {
    load: (goldenIds) =>
      coded('golden.load', async () => {
        const found = await collection.find({ _id: { $in: [...goldenIds] } }, { maxTimeMS }).toArray();
        return new Map(found.map((document) => [document._id, toRecord(document as GoldenDocument)]));
      }),
    save: (saves) =>
      coded('golden.save', async () => {
        assertDistinct(saves);
        if (saves.length === 0) return new Set<string>();
        const documents = saves.map(({ record }) => toDocument(record));
        const writes = saves.map(({ expected }, at) => toWrite(documents[at] as GoldenDocument, expected));
        return (await allWritten(writes)) ? new Set<string>() : findRefused(documents);
      }),
    ...queries(collection, maxTimeMS),
  };
}
