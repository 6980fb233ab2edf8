import type { Controls } from './controls.ts';

/** Follows Marketo's own log: which person carries the id of which row of Dynamics. */
export type MarketoLinks = {
  /** Reads what is new. */
  refresh(): Promise<void>;
  count(): number;
  personOf(rowId: string): number | undefined;
};

export function createMarketoLinks(controls: Controls): MarketoLinks {
  const personByRow = new Map<string, number>();
  let last = 0;
  return {
    async refresh() {
      for (;;) {
        const states = await controls.states('marketo', last);
        for (const { sequence, person } of states) {
          last = sequence;
          const rowId = person?.['crmId'];
          if (typeof rowId === 'string') personByRow.set(rowId, Number(person?.['id']));
        }
        if (states.length === 0) return;
      }
    },
    count: () => personByRow.size,
    personOf: (rowId) => personByRow.get(rowId),
  };
}
