import { isoTime, type ErrorCode, type MarketerRequest, type RequestState } from '@lockstep/change-events';
import type { Draft } from './decision.ts';
import { forwardSaved } from './forwardSaved.ts';
import type { OpenRequest } from './goldenRecord.ts';

const requestsOpenMax = 100;
const requestsEndedMax = 50;

/** Takes up a request of a marketer; one whose id is known changes nothing (F-21, G-21). */
export function absorbRequest(draft: Draft, request: MarketerRequest): void {
  const { record } = draft;
  const open = record.requests ?? [];
  if (knowsRequest(record, request.requestId)) {
    draft.nothing = 'repeated';
    return;
  }
  const taken: OpenRequest = { request, dueAtMs: null };
  record.requests = [...open, taken];
  if (open.length >= requestsOpenMax)
    endRequest(draft, taken, { state: 'FAILED', code: 'REQUESTS_TOO_MANY' });
}

/** Whether a request of this id is open, or has ended. */
export function knowsRequest({ requests = [], requestsEnded = [] }: Draft['record'], id: string): boolean {
  return requests.some(({ request }) => request.requestId === id) || requestsEnded.includes(id);
}

/** When requests that wait for a time are looked at next. */
export function requestTimes(requests: readonly Pick<OpenRequest, 'dueAtMs'>[] = []): number[] {
  return requests.flatMap(({ dueAtMs }) => dueAtMs ?? []);
}

export type RequestEnd = {
  readonly state: 'DONE' | 'FAILED';
  readonly code?: ErrorCode;
  readonly detail?: string | null;
};

/** The end of a request is published, and its id is remembered. */
export function endRequest(draft: Draft, ended: OpenRequest, end: RequestEnd): void {
  const { state, code = null, detail = null } = end;
  publishState(draft, { ...moved(draft, ended, state), code, detail });
  removeRequest(draft, ended);
  noteEnded(draft, [ended.request.requestId]);
}

/** What has ended is not carried out again, whoever has the person. */
export function noteEnded({ record }: Draft, ids: readonly string[]): void {
  const known = record.requestsEnded ?? [];
  const news = ids.filter((id) => !known.includes(id));
  if (news.length > 0) record.requestsEnded = [...known, ...news].slice(-requestsEndedMax);
}

/** Says once that a request is being carried out, by a row that was planned for it when `rowId` is given. */
export function markSent(draft: Draft, sent: OpenRequest, rowId?: string): void {
  const isNews = sent.request.state !== 'SENT';
  const request = isNews ? moved(draft, sent, 'SENT') : sent.request;
  replaceRequest(draft, sent, { ...sent, request, dueAtMs: null, ...(rowId === undefined ? {} : { rowId }) });
  if (isNews) publishState(draft, request);
}

/** A request that has changed keeps its place. */
export function replaceRequest({ record }: Draft, former: OpenRequest, next: OpenRequest): void {
  record.requests = (record.requests ?? []).map((other) => (other === former ? next : other));
}

/**
 * Puts a request on its topic again: whose the person is may be known by now, and then another record carries it out. This one
 * forgets it.
 */
export function sendBack(draft: Draft, request: OpenRequest): void {
  publishState(draft, request.request);
  removeRequest(draft, request);
}

/** What is not carried out yet goes with the person to another record. */
export function handOverRequests(draft: Draft, target: string): void {
  const { record } = draft;
  for (const { request } of record.requests ?? [])
    forwardSaved(draft, { kind: 'request', goldenId: target, request });
  delete record.requests;
}

function removeRequest({ record }: Draft, gone: OpenRequest): void {
  const left = (record.requests ?? []).filter((other) => other !== gone);
  if (left.length > 0) record.requests = left;
  else delete record.requests;
}

function moved({ context }: Draft, { request }: OpenRequest, state: RequestState): MarketerRequest {
  return { ...request, state, at: isoTime(context.nowMs) };
}

function publishState({ record }: Draft, request: MarketerRequest): void {
  const { epoch, number } = record.revision;
  const entryId = `${request.requestId}/${request.state}/${record.goldenId}/${epoch}.${number}`;
  record.outbox.push({ kind: 'request-state', entryId, request });
}
