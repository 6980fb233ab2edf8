import { troublesOf, type GoldenRecord } from '@lockstep/reconciliation';
import { countTroubles, troubleKey, troubleTime } from '../troubleCounts.ts';
import type { TroubleFilter, TroubleReader } from '../troubleReader.ts';

type Entry = { readonly key: string; readonly since: string; readonly record: GoldenRecord };

/** Reads troubles out of the records of the in-memory stores. */
export function inMemoryTroubles(records: ReadonlyMap<string, GoldenRecord>): TroubleReader {
  const entries = (): Entry[] =>
    [...records.values()]
      .flatMap((record) => {
        const { troubledSince: since, goldenId } = record;
        return since === undefined ? [] : [{ key: troubleKey(since, goldenId), since, record }];
      })
      .sort((a, b) => (a.key < b.key ? -1 : 1));

  return {
    async page(filter, { after, limitMax }) {
      const found = entries().filter(({ key, since, record }) => {
        const isLater = after === null || key > after;
        return isLater && isWithin(since, filter) && isOfKind(record, filter);
      });
      const page = found.slice(0, limitMax);
      const next = found.length > limitMax ? (page.at(-1)?.key ?? null) : null;
      return { records: page.map(({ record }) => structuredClone(record)), next };
    },
    async count(recordsMax) {
      const all = entries();
      const looked = all.slice(0, recordsMax).map(({ since, record }) => ({ since, by: troublesOf(record) }));
      return { counts: countTroubles(looked), isWhole: all.length <= recordsMax };
    },
  };
}

function isWithin(since: string, { from, until }: TroubleFilter): boolean {
  const time = troubleTime(since);

  return (!from || time >= troubleTime(from)) && (!until || time < troubleTime(until));
}

function isOfKind(record: GoldenRecord, { side, code }: TroubleFilter): boolean {
  return troublesOf(record).some(
    (trouble) => (side ?? trouble.side) === trouble.side && (code ?? trouble.code) === trouble.code,
  );
}
