import type { Sequence } from './sequence.ts';

/** Why a whole table is read: nothing is published yet; what differs is looked for; everything is announced again. */
export type ReadPurpose = 'FIRST_LOAD' | 'RESYNC' | 'BACKFILL';

/** A published row that is looked at again: when it is not as it was, the environment was put back (design section 4). */
export type Witness = {
  readonly recordId: string;
  readonly version: number;
  readonly changedAt: string | null;
};

/** A part of a source that is announced again by an ordinary query, beside the stream. */
export type AdHocQuery = {
  readonly controlId: string;
  readonly filter: string;
  readonly position: string | null;
  readonly rowsDone: number;
  readonly startedAt: string;
};

/** What the extractor knows of a table of Dynamics beyond its position. */
export type TableState = {
  /** Set while the whole table is read (phase SNAPSHOT or RESYNC). */
  readonly purpose: ReadPurpose | null;
  /** Tells the events of a BACKFILL from earlier ones of the same version. */
  readonly label: string | null;
  /** The BACKFILL announces only rows changed or created in this range. */
  readonly from: string | null;
  readonly to: string | null;
  /** The environment that the position belongs to. */
  readonly origin: string | null;
  /** Up to where live edits are published beside the read of the whole table. */
  readonly liveVersion: number | null;
  /** Newest version that the last complete read reached. */
  readonly mark: number | null;
  readonly witness: Witness | null;
  /** `name:type` of each column that the position brings; null before the first page. */
  readonly columns: readonly string[] | null;
  /** `name:type:reason` of each column that is asked for and not published now; the type is empty when it never was. */
  readonly stopped: readonly string[] | null;
  readonly query: AdHocQuery | null;
  readonly pausedAt: string | null;
  /** The last command that was answered. */
  readonly controlId: string | null;
  /** Deletes that a resync found and the brake holds back until they are confirmed. */
  readonly deletesHeld: number | null;
  /** How many deletes the next resync may publish because somebody confirmed them. */
  readonly deletesConfirmed: number | null;
};

/** Up to where a source is durably published. `position` is opaque; `page` is the number of the last page taken. */
export type Checkpoint = {
  readonly source: string;
  readonly table: string;
  /** SNAPSHOT: the first load; RESYNC: the whole table again; STREAMING: its changes. */
  readonly phase: 'SNAPSHOT' | 'STREAMING' | 'RESYNC';
  readonly position: string | null;
  readonly page: Sequence;
  readonly versionEpoch: number;
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
  readonly startedAt: string;
  readonly updatedAt: string;
  /** Null for Marketo before its first command. */
  readonly state: TableState | null;
};

export type ControlAction = 'pause' | 'resume' | 'resnapshot' | 'resync' | 'cancel' | 'confirm';

/** What an operator asks of one source or direction; `target` names it, a source by system and table. Answered by one notice. */
export type Control = {
  readonly controlId: string;
  readonly action: ControlAction;
  readonly target: string;
  readonly actor: string | null;
  /** Of a resnapshot: an OData filter (of Marketo `field=value,value`), the columns that matter, the range of dates. */
  readonly filter: string | null;
  readonly columns: readonly string[] | null;
  readonly from: string | null;
  readonly to: string | null;
  /** Of a pause that no operator asked for: why. */
  readonly reason?: string | null;
  readonly at: string;
};

/** `facts` hold names, ids and codes, never field values. */
export type Notice = {
  readonly noticeId: string;
  readonly code: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly entity: string;
  readonly sentence: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly facts: Readonly<Record<string, string>> | null;
  readonly at: string;
};

/** A message that could not be used: by its place on a topic, or by table and row when it never reached one. */
export type DeadLetter = {
  readonly topic: string;
  readonly partition: number | null;
  readonly offset: string | null;
  readonly table: string | null;
  readonly recordId: string | null;
  readonly field: string | null;
  readonly code: string;
  readonly sentence: string;
  readonly bytes: Buffer | null;
  readonly at: string;
  /** Set in the mark that follows a letter when it is replayed: it has the letter's place, and no bytes. */
  readonly replayId?: string | null;
  /** How often the message had been replayed before; absent from letters of earlier versions. */
  readonly replays?: number | null;
};
