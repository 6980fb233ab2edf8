/** A part of the database; every person is in one (facts 2.5). */
export interface Partition {
  readonly id: number;
  readonly name: string;
  readonly description?: string;
}

/** Where a person goes for which no partition is named. */
export const defaultPartition: Partition = {
  id: 1,
  name: 'Default',
  description: 'Initial system lead partition',
};
