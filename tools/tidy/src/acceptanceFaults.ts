import { markdownRows } from './markdownRows.ts';
import { proofFaults } from './parityFaults.ts';

const heading = /^## Acceptance list$/m;

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

/** The numbers of each emulator's acceptance list, each of which has a row: sections 9 of the Dataverse and the Marketo facts. */
export const acceptanceNumbers: Readonly<Record<'dataverse' | 'marketo', readonly number[]>> = {
  dataverse: upTo(11),
  marketo: upTo(8),
};

/**
 * Checks the acceptance list in the README of an emulator: each number has one row, and may have more for its points (`3.1`);
 * the last cell of a row either names tests that exist, each as `` `test: "title"` ``, or says `open`.
 */
export function acceptanceFaults(
  numbers: readonly number[],
  readme: string,
  titles: ReadonlySet<string>,
): string[] {
  const section = readme.split(heading)[1]?.split(/^## /m)[0] ?? '';
  const rows = markdownRows(section).filter(([number = '']) => /^\d+(?:\.\d+)?$/.test(number));
  const countOf = (number: number): number => rows.filter(([cell]) => cell === String(number)).length;
  return [
    ...numbers
      .filter((number) => countOf(number) !== 1)
      .map((number) => `the acceptance list has ${countOf(number)} rows for ${number}, not one.`),
    ...rows.flatMap((cells) => proofFaults(cells[0] ?? '', cells.at(-1) ?? '', titles)),
  ];
}
