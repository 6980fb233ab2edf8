/** Rows published lately, so that a read that meets them again need not announce them again. Forgets the oldest. */
export type RecentRows = {
  add(id: string, version: number): void;
  /** True when the row was published in this version or a later one. */
  has(id: string, version: number): boolean;
  clear(): void;
};

const rowsMax = 10_000;

export function createRecentRows(): RecentRows {
  const versions = new Map<string, number>();

  return {
    add(id, version) {
      versions.delete(id);
      versions.set(id, version);
      if (versions.size <= rowsMax) return;
      const [oldest] = versions.keys();
      if (oldest !== undefined) versions.delete(oldest);
    },
    has: (id, version) => (versions.get(id) ?? -Infinity) >= version,
    clear: () => versions.clear(),
  };
}
