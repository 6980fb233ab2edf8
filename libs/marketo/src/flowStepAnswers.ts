import { SyncError, type MarketerRequest } from '@lockstep/change-events';
import type { FlowStepCallback } from '@lockstep/ports';
import { createHttpTransport } from './httpTransport.ts';

export type FlowStepAnswers = {
  /**
   * Tells Marketo what became of the requests of one call of a flow step (marketo-rest 3.7). Throws MARKETO_UNREACHABLE when it
   * may be tried again, CALLBACK_REFUSED {status} when Marketo does not want it.
   */
  answer(callback: FlowStepCallback, requests: readonly MarketerRequest[]): Promise<void>;
  close(): Promise<void>;
};

const connectionsMax = 4;
const requestTimeoutMs = 10_000;

/** Callbacks are no calls of the REST API: they have tokens of their own and cost nothing of the day's. */
export function createFlowStepAnswers(): FlowStepAnswers {
  const transport = createHttpTransport({ connectionsMax, requestTimeoutMs, onDate: () => {} });

  return {
    async answer({ url, token, apiKey, munchkinId }, requests) {
      const headers = {
        'content-type': 'application/json',
        'x-api-key': apiKey,
        'x-callback-token': token,
      };
      const body = JSON.stringify({ munchkinId, objectData: requests.map(recordOf) });
      const { status } = await transport.send({ method: 'POST', url, headers, body });
      if (status !== null && status < 300) return;
      const isRefused = status !== null && status < 500 && status !== 429;
      throw new SyncError(isRefused ? 'CALLBACK_REFUSED' : 'MARKETO_UNREACHABLE', { status });
    },
    close: () => transport.close(),
  };
}

/** Marketo logs these as attributes of the person's activity. */
function recordOf({ requestId, personId, state, code, detail }: MarketerRequest) {
  return {
    leadData: { id: Number(personId) },
    activityData: {
      success: state !== 'FAILED',
      ...(state === 'FAILED' && { errorCode: code ?? 'FAILED', reason: detail ?? '' }),
      requestId,
      requestState: state.toLowerCase(),
    },
  };
}
