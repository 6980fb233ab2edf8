/** What a marketer can ask for in Dynamics (F-21, F-34 to F-36). */
export type RequestKind =
  'SYNC_PERSON' | 'CHANGE_OWNER' | 'CREATE_TASK' | 'ADD_TO_CAMPAIGN' | 'REMOVE_FROM_CAMPAIGN';

/** DONE and FAILED are both ends. */
export type RequestState = 'QUEUED' | 'SENT' | 'DONE' | 'FAILED';

/** How it was asked: a webhook of a trigger campaign, a field seen in the feed, a self-service flow step, or the operator's rule. */
export type RequestDoor = 'WEBHOOK' | 'FIELD' | 'FLOW_STEP' | 'RULE';

/**
 * A request of a marketer in one of its states, as on `marketing.requests`. `kind` is null when what was asked for could not
 * be told; `code` (of the error table) and `detail` say why it failed. `askedAt` and `at` (of this state) are ISO times.
 */
export type MarketerRequest = {
  readonly requestId: string;
  /** Marketo's id. */
  readonly personId: string;
  readonly kind: RequestKind | null;
  readonly state: RequestState;
  readonly door: RequestDoor;
  readonly arguments: Readonly<Record<string, string>>;
  readonly askedAt: string;
  readonly at: string;
  readonly code: string | null;
  readonly detail: string | null;
};

/** How far on a request is: a state follows those of lower rank only. */
export const requestRank = (request: Pick<MarketerRequest, 'state'>): number =>
  hasEnded(request) ? 2 : Number(request.state === 'SENT');

/** Whether nothing more becomes of it. */
export const hasEnded = ({ state }: Pick<MarketerRequest, 'state'>): boolean =>
  state === 'DONE' || state === 'FAILED';
