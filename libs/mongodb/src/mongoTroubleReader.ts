import { countTroubles, troubleTime, type TroubleFilter, type TroubleReader } from '@lockstep/ports';
import type { Collection, Filter } from 'mongodb';
import { coded } from './codedErrors.ts';
import { toRecord, type GoldenDocument } from './mongoGoldenStore.ts';

/** A time comes before every key that begins with it, so that bounds of times are bounds of keys. */
function queryOf({ side, code, from, until }: TroubleFilter, after: string | null): Filter<GoldenDocument> {
  const low =
    [after, from && troubleTime(from)]
      .filter((bound) => typeof bound === 'string')
      .sort()
      .at(-1) ?? '';
  const kind = { ...(side !== undefined && { side }), ...(code !== undefined && { code }) };

  return {
    'troubled.key': { $gt: low, ...(until !== undefined && { $lt: troubleTime(until) }) },
    ...(Object.keys(kind).length > 0 && { 'troubled.by': { $elemMatch: kind } }),
  } as Filter<GoldenDocument>;
}

const inOrder = { 'troubled.key': 1 } as const;

/** Records in trouble, by the sparse index of their order. Throws MONGODB_UNREACHABLE or MONGODB_REFUSED. */
export function mongoTroubleReader(collection: Collection<GoldenDocument>, maxTimeMS: number): TroubleReader {
  return {
    page: (filter, { after, limitMax }) =>
      coded('troubles.page', async () => {
        const query = collection.find(queryOf(filter, after), { maxTimeMS });
        const found = await query
          .sort(inOrder)
          .limit(limitMax + 1)
          .toArray();
        const page = found.slice(0, limitMax);
        const next = found.length > limitMax ? (page.at(-1)?.troubled?.key ?? null) : null;

        return { records: page.map((document) => toRecord(document as GoldenDocument)), next };
      }),
    count: (recordsMax) =>
      coded('troubles.count', async () => {
        const projection = { troubled: 1, troubledSince: 1 } as const;
        const query = collection.find(queryOf({}, null), { projection, maxTimeMS });
        const found = await query
          .sort(inOrder)
          .limit(recordsMax + 1)
          .toArray();
        const looked = found.slice(0, recordsMax).map(({ troubled, troubledSince }) => ({
          since: troubledSince ?? '',
          by: troubled?.by ?? [],
        }));

        return { counts: countTroubles(looked), isWhole: found.length <= recordsMax };
      }),
  };
}

/** The index that finds records in trouble; all others stay out of it. */
export async function indexTroubles(collection: Collection<GoldenDocument>): Promise<void> {
  await collection.createIndex(inOrder, { sparse: true });
}
