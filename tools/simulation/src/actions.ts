import type { Scalar, System } from '@lockstep/change-events';
import type { ExpectedRules } from '@lockstep/checker';

/** What a person does to one record; records are named by their place in the order of creation. */
export type HumanAct =
  | {
      readonly do: 'edit';
      readonly side: System;
      readonly slot: number;
      readonly field: string;
      /** `former` puts back the value that was there before the last change. */
      readonly value: Scalar | { readonly former: true };
    }
  | { readonly do: 'filter'; readonly slot: number; readonly value: boolean | null }
  | { readonly do: 'delete'; readonly side: System; readonly slot: number }
  /** The record of `slot` becomes part of that of `into`. */
  | { readonly do: 'merge'; readonly side: System; readonly slot: number; readonly into: number }
  /** A contact is made of the lead, and takes its place. */
  | { readonly do: 'qualify'; readonly slot: number }
  | AskAct
  | { readonly do: 'beside'; readonly act: BesideAct }
  | {
      readonly do: 'create';
      readonly side: System;
      readonly table: 'lead' | 'contact';
      readonly values: Readonly<Record<string, Scalar>>;
    };

export const requestWords = [
  'sync',
  'change owner',
  'create task',
  'add to campaign',
  'remove from campaign',
] as const;

/** A marketer asks for something in Dynamics for a person; `again`: what was asked for last, under the same id. */
export type AskAct = {
  readonly do: 'ask';
  readonly slot: number;
  readonly words: (typeof requestWords)[number];
  readonly as: 'lead' | 'contact';
  readonly again: boolean;
};
/** What a marketer asked for, as it was handed to the door. */
export type Asked = {
  readonly id: string;
  readonly personId: string;
  readonly words: string;
  readonly arguments: Readonly<Record<string, string>>;
};

/** Tables of the operator's own: a visit names a person, a bill a visit. */
export const customTables = ['new_visit', 'new_bill'] as const;
export type CustomTable = (typeof customTables)[number];
/** Tables of records beside persons. */
export type BesideTable = 'account' | 'opportunity' | CustomTable;

/** What a person does about records beside persons, which have places of their own. */
export type BesideAct =
  /** One that is not there is made, be it the one that was deleted, or another. */
  | { readonly do: 'name-account'; readonly slot: number; readonly name: string; readonly again: boolean }
  /** Its own filter says Yes, No or nothing. */
  | { readonly do: 'let'; readonly table: BesideTable; readonly slot: number; readonly value: boolean | null }
  | { readonly do: 'remove'; readonly table: BesideTable; readonly slot: number }
  /** The contact in that place among contacts gets an account, or has none any more. */
  | { readonly do: 'move-contact'; readonly slot: number; readonly account: number | null }
  /** In Marketo, the person in that place among persons gets the company of an account. */
  | { readonly do: 'move-person'; readonly slot: number; readonly account: number }
  | {
      readonly do: 'edit-opportunity';
      readonly slot: number;
      readonly name: string;
      /** Null: it stays. */
      readonly customer: { readonly table: 'account' | 'contact'; readonly slot: number } | null;
      readonly again: boolean;
    }
  | {
      readonly do: 'edit-custom';
      readonly table: CustomTable;
      readonly slot: number;
      readonly name: string;
      /** Whom it names from now on: the place of that; null: whom it named. */
      readonly whom: number | 'nobody' | null;
      readonly again: boolean;
    };

/** What an operator asks for; records are named by the place of their row. */
export type OperatorAct =
  | { readonly do: 'pause' | 'resume'; readonly side: System }
  | {
      readonly do: 'release' | 'read-again' | 'resync' | 'unlink' | 'undo' | 'review-recreate';
      readonly slot: number;
    };

/** One loop's step; a process is all the loops that live and die together. */
export const pieces = [
  'extract-lead',
  'extract-contact',
  'notify',
  'deliver',
  'route',
  'reconcile',
  'write',
  'sweep',
  'first-reads',
] as const;
/** What runs beside these where marketers ask for something. */
export const requestPieces = ['publish-requests'] as const;
/** Steps that only plans with accounts have. */
export const accountPieces = ['extract-account', 'extract-opportunity'] as const;
/** Steps that only plans with custom rows have. */
export const customPieces = ['extract-new_visit', 'extract-new_bill'] as const;
export type Piece =
  | (typeof pieces)[number]
  | (typeof requestPieces)[number]
  | (typeof accountPieces)[number]
  | (typeof customPieces)[number];
export type ProcessName = 'extractor' | 'marketing' | 'reconciler';

export const consumerGroups = ['router', 'reconciler', 'deliverer'] as const;
export type ConsumerGroup = (typeof consumerGroups)[number];

/**
 * What goes wrong at the `call`-th use of a port in a step: the process dies, the call fails before or after its effect, a
 * person acts in that moment, Marketo commits a call later, or the process sleeps while another takes over.
 */
export type Fault = {
  readonly call: number;
  readonly when: 'before' | 'after';
  readonly kind: 'crash' | 'error' | 'later' | 'act' | 'sleep';
  readonly act?: HumanAct;
};

export type Action =
  | { readonly kind: 'human'; readonly act: HumanAct }
  | { readonly kind: 'operator'; readonly act: OperatorAct }
  | {
      readonly kind: 'step';
      readonly piece: Piece;
      /** Which of the waiting partitions or writes. */
      readonly choice: number;
      readonly messagesMax: number;
      readonly fault: Fault | null;
    }
  /** All loops run a few rounds without faults. */
  | { readonly kind: 'settle' }
  /** All loops run without faults until nothing happens any more. */
  | { readonly kind: 'rest' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'wake'; readonly process: ProcessName }
  | { readonly kind: 'restart'; readonly process: ProcessName }
  /** All that a group of consumers ever read is delivered to it again. */
  | { readonly kind: 'redeliver'; readonly group: ConsumerGroup }
  | { readonly kind: 'expire-positions' }
  /** The database is empty; all that ever came is decided again, before anything is written. */
  | { readonly kind: 'lose-database' }
  | { readonly kind: 'commit-late' }
  /** lockstep.yaml says something else from now on, which two readers find so much later: each decides for half of the records. */
  | { readonly kind: 'rules'; readonly rules: ExpectedRules; readonly delaysMs: readonly [number, number] };

/** A whole run before it runs: nothing else is random. */
export type Plan = {
  readonly seed: number;
  readonly matchByEmail: boolean;
  /** What lockstep.yaml says; absent where there is none. */
  readonly rules?: ExpectedRules;
  /** Accounts and opportunities are read, too. */
  readonly accounts?: true;
  /** Custom rows are read, too. */
  readonly customs?: true;
  readonly pageSizeMax: number;
  readonly feedBlock: number;
  readonly actions: readonly Action[];
};
