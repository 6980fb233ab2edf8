import type { DeadLetter } from '@lockstep/change-events';
import type { IncomingMessage } from '@lockstep/ports';

/** Visits `lockstep.dead-letters` from its beginning to its end. */
export type ScanLetters = (visit: (message: IncomingMessage) => void) => Promise<void>;

/** Times are ISO, `until` excluded. `key` is the original key: a golden id on the inbox, a row's or a person's id elsewhere. */
export type LetterFilter = {
  readonly key?: string;
  readonly code?: string;
  readonly topic?: string;
  readonly from?: string;
  readonly until?: string;
};

/** A letter and its place among the letters. */
export type KeptLetter = {
  readonly offset: number;
  readonly key: string;
  readonly letter: DeadLetter;
  readonly isReplayed: boolean;
};

export type LetterPage = { readonly letters: readonly KeptLetter[]; readonly next: number | null };

/**
 * The letters that the filter names, oldest first, at most `limitMax` of them after the place `after`; one of which a mark
 * says so counts as replayed. Holds no more than a page, and the places of the marks of its letters.
 */
export async function listLetters(
  scan: ScanLetters,
  filter: LetterFilter,
  { after, limitMax }: { readonly after: number | null; readonly limitMax: number },
): Promise<LetterPage> {
  const found: { offset: number; key: string; letter: DeadLetter }[] = [];
  const places = new Set<string>();
  const replayed = new Set<string>();
  await scan(({ offset, key, value }) => {
    const letter = value as DeadLetter | null;
    if (letter === null) return;
    if (letter.replayId) {
      if (places.has(placeOf(letter))) replayed.add(placeOf(letter));
      return;
    }
    const isLater = after === null || Number(offset) > after;
    if (!isLater || found.length > limitMax || !isWanted(key, letter, filter)) return;
    found.push({ offset: Number(offset), key, letter });
    places.add(placeOf(letter));
  });
  const page = found.slice(0, limitMax);

  return {
    letters: page.map((kept) => ({ ...kept, isReplayed: replayed.has(placeOf(kept.letter)) })),
    next: found.length > limitMax ? (page.at(-1)?.offset ?? null) : null,
  };
}

/** Where the message was that could not be used. */
const placeOf = ({ topic, partition, offset, table, recordId, at }: DeadLetter): string =>
  [topic, partition, offset ?? `${table}/${recordId}/${at}`].join('/');

function isWanted(key: string, letter: DeadLetter, filter: LetterFilter): boolean {
  const { from, until } = filter;
  const wanted = [
    [filter.key, key],
    [filter.code, letter.code],
    [filter.topic, letter.topic],
  ];

  return (
    wanted.every(([named, has]) => named === undefined || named === has) &&
    (from === undefined || Date.parse(letter.at) >= Date.parse(from)) &&
    (until === undefined || Date.parse(letter.at) < Date.parse(until))
  );
}
