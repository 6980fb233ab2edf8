import { NotPacked } from '@lockstep/change-events';
import { endOfOther } from './endOfOther.ts';
import type { Page } from './pageBytes.ts';

/** Where the cells of a row are in its page, by slots; -1 for what it lacks. Of a text the quotes are part. */
export type Cells = {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** 1 for a text with an escape, which is in `texts`. */
  readonly escaped: Uint8Array;
  readonly texts: string[];
};

export type RowScanner = Cells & {
  /** `from`: behind the version of a row. Answers where the row ends; throws NotPacked, or SyntaxError. */
  scan(page: Page, from: number): number;
};

/** A property as it stands in a row, with its quotes and colon. `next` is what came after it in the row before. */
type Property = {
  readonly slot: number;
  readonly length: number;
  readonly words: Int32Array;
  readonly lastWord: number;
  next: Property | null;
};

/** Slot of the properties that nobody has asked for. */
const ignored = 0;
const [quote, backslash, comma] = ['"', '\\', ','].map((text) => text.charCodeAt(0)) as [
  number,
  number,
  number,
];
const closeBrace = '}'.charCodeAt(0);
/** Below it a character may not stand in a text. */
const printableFrom = 0x20;

/** Scans rows for the cells of these properties. Mostly a row has the properties of the one before, in its order. */
export function createRowScanner(properties: readonly string[]): RowScanner {
  const slots = properties.length + 1;
  const cells: Cells = {
    starts: new Int32Array(slots),
    ends: new Int32Array(slots),
    escaped: new Uint8Array(slots),
    texts: new Array<string>(slots).fill(''),
  };
  const known = new Map(properties.map((name, index) => [name, propertyOf(name, index + 1)]));
  const first = propertyOf('', ignored);

  return {
    ...cells,
    scan(page, from) {
      cells.starts.fill(-1);
      let property = first;
      for (let at = from; ;) {
        const code = page.bytes[at];
        if (code === closeBrace) return at + 1;
        if (code !== comma) throw new NotPacked('no next property');
        property = nextProperty(page, at + 1, property, known);
        at = scanCell(page, at + 1 + property.length, property.slot, cells);
      }
    },
  };
}

function propertyOf(name: string, slot: number): Property {
  const bytes = Buffer.from(`"${name}":`, 'latin1');
  const words = new Int32Array(bytes.length >> 2);
  words.forEach((_, index) => (words[index] = bytes.readInt32LE(index * 4)));
  const lastWord = bytes.length < 4 ? 0 : bytes.readInt32LE(bytes.length - 4);

  return { slot, length: bytes.length, words, lastWord, next: null };
}

/** An annotation is missing where its column is null, so what came one later is tried as well. */
function nextProperty(page: Page, at: number, before: Property, known: Map<string, Property>): Property {
  const { next } = before;
  if (next !== null) {
    if (standsAt(page, at, next)) return next;
    if (next.next !== null && standsAt(page, at, next.next)) return next.next;
  }
  before.next = lookUp(page, at, known);

  return before.next;
}

function standsAt({ view }: Page, at: number, { length, words, lastWord }: Property): boolean {
  for (let index = 0, from = at; index < words.length; index += 1, from += 4)
    if (view.getInt32(from, true) !== words[index]) return false;

  return view.getInt32(at + length - 4, true) === lastWord;
}

function lookUp({ bytes }: Page, at: number, known: Map<string, Property>): Property {
  const end = bytes.indexOf('":', at + 1);
  const name = end < 0 || bytes[at] !== quote ? null : bytes.toString('latin1', at + 1, end);
  // What can be spelled in two ways, and a second version.
  if (name === null || /["\\]|^@odata\.etag$/.test(name)) throw new NotPacked('another property');
  const property = known.get(name) ?? propertyOf(name, ignored);
  known.set(name, property);

  return property;
}

/** Answers where the cell ends. */
function scanCell(page: Page, start: number, slot: number, cells: Cells): number {
  const end =
    page.bytes[start] === quote ? scanText(page.bytes, start, slot, cells) : endOfOther(page, start);
  cells.starts[slot] = start;
  cells.ends[slot] = end;

  return end;
}

function scanText(bytes: Buffer, start: number, slot: number, cells: Cells): number {
  let isEscaped = false;
  let at = start + 1;
  for (let code = bytes[at] as number; code !== quote; code = bytes[at] as number) {
    // Behind the last byte there is nothing, which is not above either.
    if (!(code >= printableFrom)) throw new NotPacked('a text without end');
    if (code === backslash) {
      isEscaped = true;
      at += 1;
    }
    at += 1;
  }
  cells.escaped[slot] = isEscaped ? 1 : 0;
  if (isEscaped) cells.texts[slot] = readText(bytes, start, at + 1);

  return at + 1;
}

const readText = (bytes: Buffer, start: number, end: number): string =>
  JSON.parse(bytes.toString('utf8', start, end)) as string;
