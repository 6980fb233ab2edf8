import { markdownRows } from './markdownRows.ts';

/** A run of row numbers, both ends included. */
type Run = readonly [first: number, last: number];

const behaviourRuns: readonly Run[] = [
  [1, 18],
  [20, 37],
  [40, 45],
  [50, 65],
];
const limitRuns: readonly Run[] = [[1, 35]];

/** Every behaviour (F) and limit (G) of the native sync that docs/parity.md accounts for. */
export const parityIds: readonly string[] = [...ids('F', behaviourRuns), ...ids('G', limitRuns)];

/**
 * Checks docs/parity.md: each id has exactly one row, the last cell of a row either names tests that exist, each as
 * `` `test: "title"` ``, or says `open`, and the page counts its rows right.
 */
export function parityFaults(
  wanted: readonly string[],
  markdown: string,
  titles: ReadonlySet<string>,
): string[] {
  const rows = markdownRows(markdown).map((cells) => ({ id: rowId(cells[0]), proof: cells.at(-1) ?? '' }));
  const found = rows.flatMap(({ id, proof }) => (id === undefined ? [] : [{ id, proof }]));

  return [
    ...wanted.flatMap((id) => countFaults(id, found.filter((row) => row.id === id).length)),
    ...found.flatMap(({ id, proof }) =>
      wanted.includes(id) ? proofFaults(id, proof, titles) : [unknownRow(id)],
    ),
    ...tallyFaults(
      markdown,
      found.map(({ proof }) => proof),
    ),
  ];
}

/** A proof that says open beside the tests that it names is one in part. */
function tallyFaults(markdown: string, proofs: readonly string[]): string[] {
  const open = proofs.filter((proof) => /\bopen\b/.test(proof));
  const inPart = open.filter((proof) => proof.includes('`test: "')).length;
  const proven = proofs.length - open.length;
  const tally = `${proofs.length} rows: ${proven} proven, ${inPart} in part, ${open.length - inPart} open.`;

  return markdown.includes(tally) ? [] : [`docs/parity.md does not say "${tally}"`];
}

function ids(letter: string, runs: readonly Run[]): string[] {
  return runs.flatMap(([first, last]) =>
    Array.from(
      { length: last - first + 1 },
      (_, index) => `${letter}-${String(first + index).padStart(2, '0')}`,
    ),
  );
}

function rowId(cell: string | undefined): string | undefined {
  return /^[*`]*([FG]-\d+[a-z]?)[*`]*$/.exec(cell ?? '')?.[1];
}

function countFaults(id: string, count: number): string[] {
  return count === 1 ? [] : [`docs/parity.md has ${count} rows for ${id}, not one.`];
}

function unknownRow(id: string): string {
  return `docs/parity.md has a row ${id}, which is not a known id.`;
}

/** What is wrong with the proof of a row: a test that does not exist, or neither a test nor `open`. */
export function proofFaults(id: string, proof: string, titles: ReadonlySet<string>): string[] {
  const named = [...proof.matchAll(/`test: "([^`]+)"`/g)].map((match) => match[1] ?? '');
  const missing = named
    .filter((title) => !titles.has(title))
    .map((title) => `${id}: no test is called "${title}".`);
  const isProven = named.length > 0 || /\bopen\b/.test(proof);

  return isProven ? missing : [`${id}: the last cell names no test and does not say open.`];
}
