import type { TableDefinition } from '@lockstep/change-events';
import type { DataverseClient } from './dataverseClient.ts';
import type { PageThread, PageWay } from './packing/pageThread.ts';
import type { PageSizes } from './pageSizes.ts';

/** What the adapter's parts share: one organisation, its tables and the way to it. */
export type DynamicsContext = {
  readonly origin: string;
  readonly pageSizes: PageSizes;
  /** Null where large pages are read in this thread. */
  readonly pageThread: PageThread | null;
  readonly onLargePage: (table: string, way: PageWay) => void;
  readonly client: DataverseClient;
  /** Throws DYNAMICS_TABLE_UNKNOWN. */
  tableOf(name: string): TableDefinition;
  urlOf(path: string): string;
};
