import type { Checkpoint, Control, TableDefinition } from '@lockstep/change-events';
import type {
  Clock,
  DynamicsReader,
  EventLog,
  Lease,
  OutgoingMessage,
  TableDescription,
} from '@lockstep/ports';
import type { BrakeLimits } from '../brake.ts';

export type ExtractOptions = {
  readonly table: string;
  readonly reader: DynamicsReader;
  /** The table as the server describes it now; asked at the start, from time to time, and when an answer gives cause. */
  readonly describe: (signal: AbortSignal) => Promise<TableDescription>;
  /** Called before the first event with these columns; the schema of the topic must follow. Throws SCHEMA_INCOMPATIBLE. */
  readonly onDefinition?: (definition: TableDefinition) => Promise<void>;
  readonly log: EventLog;
  readonly lease: Lease;
  readonly clock: Clock;
  /** Names the environment; another one raises the epoch. */
  readonly origin: string;
  /** The epoch is never below this. */
  readonly versionEpoch: number;
  readonly pageSizeMax: number;
  /** Consumers whose lag holds back the read of a whole table; null when nobody else is configured. */
  readonly backfillGroup: string | null;
  readonly pollIntervalMinMs: number;
  readonly pollIntervalMaxMs: number;
  readonly describeIntervalMs?: number;
  readonly witnessIntervalMs?: number;
  /** How long the server remembers changes (organizations.expirechangetrackingindays). */
  readonly trackingRetentionMs?: number;
  /** The whole table is compared with its topic this often; 0, as when it is absent, only on command. */
  readonly compareIntervalMs?: number;
  readonly brake?: BrakeLimits;
  /** Rows changed or created outside of this are not announced again when a column is new. */
  readonly backfillRange?: { readonly from: string | null; readonly to: string | null };
  /** Commands for this table in the order of the topic; those that are answered already may be among them. */
  readonly commands?: () => readonly Control[];
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Called after each committed page. */
  readonly onPublished?: (checkpoint: Checkpoint, messages: readonly OutgoingMessage[]) => void;
};
