import { STATUS_CODES } from 'node:http';
import { badRequest, DataverseError, errorCodes } from '../core/dataverseError.ts';
import { nowMs, type CallEntry, type OrganizationState } from '../core/organizationState.ts';
import { inTransaction } from '../core/transaction.ts';
import { failureAnswer, type Answer, type Call } from './call.ts';
import { callAddress } from './callAddress.ts';
import { callSwitches } from './callSwitches.ts';
import {
  boundaryOf,
  malformedBatch,
  readParts,
  readRequest,
  writeParts,
  type Part,
  type PartRequest,
} from './multipart.ts';

/** Answers one call within the batch; throws DataverseError for a refusal. */
type Answerer = (state: OrganizationState, call: Call) => Answer;

/** What the calls of one batch share. */
interface Batch {
  readonly state: OrganizationState;
  readonly outer: Call;
  readonly id: string;
  readonly answer: Answerer;
}

/** What one part came to; `status` is that of its failure, or of its success. */
interface Outcome {
  readonly status: number;
  readonly code: string | null;
  readonly text: string;
}

/** Addresses of rows by the Content-ID of the call that made them. */
type References = Map<string, string>;

const requestsMax = 1000;
const addressCharactersMax = 64 * 1024;
const partHead = 'Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n';

function printed(answer: Answer, contentId: string | undefined): string {
  const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const id = contentId === undefined ? '' : `Content-ID: ${contentId}\r\n`;
  const status = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`;
  return `${partHead}${id}\r\n${status}\r\n${headers.join('')}\r\n${answer.body}`;
}

function referred(references: References, id: string): string {
  const url = references.get(id);
  if (url === undefined)
    throw badRequest(
      errorCodes.undeclaredProperty,
      `Content-ID Reference: '$${id}' does not exist in the batch context.`,
    );
  return url;
}

/** Puts addresses in the place of `$n` in the URL and in bindings. */
function resolved(request: PartRequest, references: References): PartRequest {
  const url = request.url.replace(/^\/?\$(?!batch)(\w+)(?=$|\/|\?)/, (_whole, id: string) =>
    referred(references, id),
  );
  const body = request.body.replace(
    /(@odata\.(?:bind|id)"\s*:\s*")\/?\$(\w+)(?=["/])/g,
    (_whole, before: string, id: string) => before + referred(references, id),
  );
  return { ...request, url, body };
}

function entryOf(batch: Batch, call: Call, answer: Answer, startedTick: number): CallEntry {
  const { state, id } = batch;
  return {
    atMs: nowMs(state),
    actor: state.application.name,
    method: call.method,
    path: call.path,
    status: answer.status,
    code: answer.code,
    durationMs: Math.round((performance.now() - startedTick) * 1000) / 1000,
    requestHeaders: {},
    requestBody: call.body === '' ? null : call.body.slice(0, addressCharactersMax),
    batch: id,
  };
}

function checkRequest({ state }: Batch, { method, url, headers }: PartRequest): void {
  if (url.length > addressCharactersMax)
    throw badRequest(errorCodes.invalidArgument, 'Invalid URI: The Uri string is too long.');
  const isWrite = method !== 'GET' && method !== 'DELETE';
  if (isWrite && state.settings.requiresInnerContentLength && headers['content-length'] === undefined)
    throw badRequest(errorCodes.undeclaredProperty, 'Stream was not readable.');
}

/** A write that a synchronous webhook refuses is undone alone, whatever becomes of the batch. */
function alone(state: OrganizationState, call: Call, answer: Answerer): Answer {
  const isJudged = state.judgement !== undefined && call.method !== 'GET';
  return isJudged ? inTransaction(state, () => answer(state, call)) : answer(state, call);
}

/** Optional headers are those of the inner call where it has them, else of the batch. */
function answerInner({ state, outer, answer }: Batch, call: Call): Answer {
  const { context } = state;
  if (!context) return alone(state, call, answer);
  const headers = { ...outer.headers, ...call.headers };
  state.context = { ...context, ...callSwitches(context.application, { headers, query: call.query }) };
  try {
    return alone(state, call, answer);
  } finally {
    state.context = context;
  }
}

/** Makes one call; its failure is answered, never thrown. */
function makeCall(
  batch: Batch,
  part: Part,
  references: References,
): { answer: Answer; id: string | undefined } {
  const { state, outer } = batch;
  const raw = readRequest(part);
  const id = part.headers['content-id'];
  const startedTick = performance.now();
  let call: Call = { ...outer, method: raw.method, path: raw.url, body: raw.body, isGzipWelcome: false };
  let answer: Answer;
  try {
    checkRequest(batch, raw);
    const { method, url, headers, body } = resolved(raw, references);
    call = { ...call, method, headers, body, ...callAddress(url) };
    if (call.path === '$batch') throw badRequest(errorCodes.invalidArgument, 'A batch cannot hold another.');
    answer = answerInner(batch, call);
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    answer = failureAnswer(error, state.settings.refusals);
  }
  state.calls.append(entryOf(batch, { ...call, path: raw.url }, answer, startedTick));
  const entity = answer.headers['odata-entityid'];
  if (id !== undefined && entity !== undefined) references.set(id, entity);
  return { answer, id };
}

/** Carries the failure of a change set out of its transaction. */
class ChangeSetFailure extends Error {
  readonly answer: Answer;
  readonly contentId: string | undefined;

  constructor(answer: Answer, contentId: string | undefined) {
    super('change set failed');
    this.name = 'ChangeSetFailure';
    this.answer = answer;
    this.contentId = contentId;
  }
}

function checkChangeSet({ state }: Batch, parts: readonly Part[]): void {
  for (const part of parts) {
    if (boundaryOf(part.headers['content-type']) !== undefined)
      throw malformedBatch('a change set holds another');
    if (readRequest(part).method === 'GET') throw malformedBatch('a change set holds a GET');
    if (state.settings.requiresContentId && part.headers['content-id'] === undefined)
      throw badRequest(errorCodes.unknownSegment, 'A part of a change set lacks its Content-ID header.');
  }
}

/** All of a change set or nothing; rows and the log of states are as before when a part fails. */
function runChangeSet(batch: Batch, parts: readonly Part[]): Outcome {
  const { state } = batch;
  const references: References = new Map();
  const [logged, called] = [state.states.last(), state.calls.last()];
  try {
    checkChangeSet(batch, parts);
    const texts = state.store.atomically(() =>
      parts.map((part) => {
        const { answer, id } = makeCall(batch, part, references);
        if (answer.status >= 400) throw new ChangeSetFailure(answer, id);
        return printed(answer, id);
      }),
    );
    const boundary = `changesetresponse_${state.newId()}`;
    const text = `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n${writeParts(boundary, texts)}`;
    return { status: 200, code: null, text };
  } catch (error) {
    state.states.discardAfter(logged);
    // What was undone was not answered: only the call that failed stays in the log.
    const failed = state.calls.after(Math.max(called, state.calls.last() - 1), 1);
    state.calls.discardAfter(called);
    for (const { entry } of failed) state.calls.append(entry);
    const refusal =
      error instanceof DataverseError ? failureAnswer(error, state.settings.refusals) : undefined;
    const answer = error instanceof ChangeSetFailure ? error.answer : refusal;
    if (!answer) throw error;
    const id = error instanceof ChangeSetFailure ? error.contentId : undefined;
    return { status: answer.status, code: answer.code, text: printed(answer, id) };
  }
}

/** The parts of a change set when the part is one. */
function changeSetOf(part: Part): readonly Part[] | undefined {
  const boundary = boundaryOf(part.headers['content-type']);
  return boundary === undefined ? undefined : readParts(part.content, boundary);
}

function runPart(batch: Batch, part: Part, references: References): Outcome {
  const changeSet = changeSetOf(part);
  if (changeSet) return runChangeSet(batch, changeSet);
  const { answer, id } = makeCall(batch, part, references);
  return { status: answer.status, code: answer.code, text: printed(answer, id) };
}

function partsOf({ headers, body }: Call): readonly Part[] {
  const boundary = boundaryOf(headers['content-type']);
  if (boundary === undefined) throw malformedBatch('its type is not multipart/mixed with a boundary');
  const parts = readParts(body, boundary);
  const requests = parts.reduce((count, part) => count + (changeSetOf(part)?.length ?? 1), 0);
  if (requests > requestsMax)
    throw badRequest(errorCodes.invalidArgument, `A batch holds no more than ${requestsMax} requests.`);
  return parts;
}

function runParts(batch: Batch, parts: readonly Part[], goesOn: boolean): readonly Outcome[] {
  const references: References = new Map();
  const outcomes: Outcome[] = [];
  for (const part of parts) {
    const outcome = runPart(batch, part, references);
    outcomes.push(outcome);
    if (!goesOn && outcome.status >= 400) break;
  }
  return outcomes;
}

/** POST `$batch`: parts in their order; the first failure ends it unless the caller wants to go on (facts, section 3.4). */
export function answerBatch(state: OrganizationState, outer: Call, answer: Answerer): Answer {
  const goesOn = /odata\.continue-on-error(?!\s*=\s*false)/i.test(outer.headers['prefer'] ?? '');
  const batch: Batch = { state, outer, id: state.newId(), answer };
  const outcomes = runParts(batch, partsOf(outer), goesOn);
  const failure = goesOn ? undefined : outcomes.find(({ status }) => status >= 400);
  const boundary = `batchresponse_${batch.id}`;
  const texts = outcomes.map(({ text }) => text);
  return {
    status: failure?.status ?? 200,
    headers: { 'content-type': `multipart/mixed; boundary=${boundary}`, 'odata-version': '4.0' },
    body: writeParts(boundary, texts),
    code: failure?.code ?? null,
  };
}
