/** How many requests may be on their way at once: grows by one per round of good answers, halves when refused. */
export type GovernorParallelism = {
  limit(): number;
  /** `hint` is what the server recommends (`x-ms-dop-hint`, dataverse facts 7). */
  succeeded(hint: number | null): void;
  refused(): void;
};

const start = 4;

export function createGovernorParallelism(max: number): GovernorParallelism {
  let current = Math.min(start, max);

  return {
    limit: () => Math.max(1, Math.floor(current)),
    succeeded(hint) {
      const ceiling = Math.min(max, Math.max(1, hint ?? max));
      current = Math.min(ceiling, current + 1 / Math.max(1, current));
    },
    refused() {
      current = Math.max(1, current / 2);
    },
  };
}
