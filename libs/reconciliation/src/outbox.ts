import {
  isAfter,
  type GoldenEvent,
  type InboxMessage,
  type MarketerRequest,
  type ScalarValues,
  type Sequence,
  type WriteCommand,
} from '@lockstep/change-events';
import type { LinkedRow, ParkedField, RowEnd } from './linkedRow.ts';

/** A guarded write to Dynamics; `columns` in Dynamics' own form. */
export type DynamicsWriteEntry = {
  readonly kind: 'dynamics-write';
  readonly entryId: string;
  readonly table: string;
  readonly rowId: string;
  /** Null for a row that is to be created under `rowId`. */
  readonly ifMatch: Sequence | null;
  readonly columns: ScalarValues;
  /** It ends the row: the columns deactivate it, or it is deleted, or merged into the row `into`. */
  readonly ends?: RowEnd | 'merge';
  readonly into?: string;
  /** Of a creation: the user or team that is to own the row, as a marketer named it. */
  readonly owner?: string;
  /** Of a creation: what a former try was refused for, by golden field. */
  readonly parked?: Readonly<Record<string, ParkedField>>;
  /** When it was decided, as an ISO time; absent from records of former versions. */
  readonly issuedAt?: string;
  readonly attempts: number;
  readonly dueAtMs: number;
};

/** The row is known to have moved on from the version that guards a write to it: that was made before, or never is. */
export const isPassed = (entry: OutboxEntry, { table, id, version }: Passing): boolean =>
  entry.kind === 'dynamics-write' &&
  entry.table === table &&
  entry.rowId === id &&
  entry.ifMatch !== null &&
  isAfter(version, entry.ifMatch);

type Passing = Pick<LinkedRow, 'table' | 'id' | 'version'>;

/** What a write does to its row. */
export function rowOperation({
  ifMatch,
  ends,
}: DynamicsWriteEntry): 'CREATE' | 'UPDATE' | 'DELETE' | 'MERGE' {
  if (ends === 'delete') return 'DELETE';
  if (ends === 'merge') return 'MERGE';

  return ifMatch === null ? 'CREATE' : 'UPDATE';
}

/**
 * A request of a marketer that is carried out for a row that is there. What was done once does nothing when it is done again,
 * so it is repeated until its answer comes (decision 20).
 */
export type DynamicsRequestEntry = {
  readonly kind: 'dynamics-request';
  readonly entryId: string;
  readonly table: string;
  readonly rowId: string;
  readonly request: MarketerRequest;
  readonly attempts: number;
  readonly dueAtMs: number;
};

/** What goes to Dynamics. */
export type DynamicsEntry = DynamicsWriteEntry | DynamicsRequestEntry;

/** A command to Marketo that has no outcome yet; `unknown`: it may have happened, a read must settle it. */
export type MarketoWriteEntry = {
  readonly kind: 'marketo-write';
  readonly entryId: string;
  readonly command: WriteCommand;
  readonly unknown: boolean;
  /** What commands carried that this one overtook: they may have been delivered all the same. */
  readonly overtaken?: readonly ScalarValues[];
  /** One that it overtook makes the person. */
  readonly makes?: true;
  /** Nobody answered in time: it is planned anew as soon as writes flow, and its values are remembered. */
  readonly lapsed?: boolean;
  readonly attempts: number;
  readonly dueAtMs: number;
};

/**
 * What follows from a decision, saved with it. Golden events, states of requests and messages for other records stay until
 * a later save finds them published.
 */
export type OutboxEntry =
  | { readonly kind: 'golden-event'; readonly entryId: string; readonly event: GoldenEvent }
  | { readonly kind: 'request-state'; readonly entryId: string; readonly request: MarketerRequest }
  | { readonly kind: 'forward'; readonly entryId: string; readonly message: InboxMessage }
  | DynamicsEntry
  | MarketoWriteEntry;

/** What is looked at again at its time; a command that lapsed is not. */
export const isAwaited = (entry: OutboxEntry): entry is DynamicsEntry | MarketoWriteEntry =>
  'dueAtMs' in entry && !('lapsed' in entry && entry.lapsed);

/** A person is being made by it. */
export const isCreation = (entry: OutboxEntry): boolean =>
  entry.kind === 'marketo-write' && entry.command.operation === 'CREATE';

/** It makes a person, or overtook what does. */
export const isMaking = (entry: OutboxEntry): boolean =>
  isCreation(entry) || (entry.kind === 'marketo-write' && entry.makes === true);

/** It is published by its record, once, and then not needed any more. */
export const isToPublish = ({ kind }: OutboxEntry): boolean =>
  kind === 'golden-event' || kind === 'request-state' || kind === 'forward';
