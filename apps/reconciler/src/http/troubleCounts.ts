import { sentenceOf } from '@lockstep/pipelines';
import type { TroubleReader } from '@lockstep/ports';
import { Type } from '@sinclair/typebox';

/** More records than these are not counted. */
const countedMax = 20_000;

/** One cause: how many records have it, and since when the first of them. */
export const countSchema = Type.Object({
  side: Type.String(),
  code: Type.String(),
  sentence: Type.Union([Type.String(), Type.Null()]),
  records: Type.Number(),
  since: Type.String(),
});

/** What waits, by cause. */
export async function countsOf(troubles: TroubleReader) {
  const { counts, isWhole } = await troubles.count(countedMax);

  return { counts: counts.map((count) => ({ ...count, sentence: sentenceOf(count.code) })), isWhole };
}
