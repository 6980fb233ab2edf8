import type { MarketerRequest } from '@lockstep/change-events';

/** Requests of marketers, each under its id, for 30 days after it was accepted. */
export type RequestStore = {
  /** Stores what is not known yet; gives back each as it is stored now, in the order given. Ids must differ. */
  accept(requests: readonly MarketerRequest[]): Promise<readonly MarketerRequest[]>;
  find(requestIds: readonly string[]): Promise<ReadonlyMap<string, MarketerRequest>>;
  /** Accepted and not marked as published, oldest first, at most `limitMax`. */
  unpublished(limitMax: number): Promise<readonly MarketerRequest[]>;
  markPublished(requestIds: readonly string[]): Promise<void>;
  /** Stores states that are further on than the stored ones, with their code, detail and time; others change nothing. */
  advance(requests: readonly MarketerRequest[]): Promise<void>;
};

/** An answer that a flow step of Marketo waits for (marketo-rest 3.7). */
export type FlowStepCallback = {
  readonly callbackId: string;
  readonly url: string;
  /** Both were handed over with the call; the token is good for one answer. */
  readonly token: string;
  readonly apiKey: string;
  readonly munchkinId: string;
  readonly requestIds: readonly string[];
  /** When to look whether it can be answered, ms since 1970, */
  readonly dueAtMs: number;
  /** and from when on it is answered whatever the states are. */
  readonly answerAtMs: number;
  /** Answers that failed. */
  readonly failures: number;
};

export type CallbackStore = {
  /** Stores it unless its id is known. */
  add(callback: FlowStepCallback): Promise<void>;
  /** Those with `dueAtMs` at or before `nowMs`, oldest first. */
  due(nowMs: number, limitMax: number): Promise<readonly FlowStepCallback[]>;
  postpone(callbackId: string, next: Pick<FlowStepCallback, 'dueAtMs' | 'failures'>): Promise<void>;
  remove(callbackId: string): Promise<void>;
};
