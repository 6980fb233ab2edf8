import { isoTime, type WriteCommand } from '@lockstep/change-events';
import type { ObjectResult } from '@lockstep/ports';
import { retryMs, type Answer } from './deliveryOutcome.ts';

/** What Marketo said of the record of a command. */
export function answerOf({ fields }: WriteCommand, result: ObjectResult | undefined, nowMs: number): Answer {
  if (!result) return { result: 'UNKNOWN', code: 'MARKETO_ANSWER_INVALID', retryAt: null };
  const retryAt = isoTime(nowMs + retryMs);
  switch (result.result) {
    case 'CREATED':
    case 'UPDATED':
      return { result: result.result, personId: result.id, accepted: fields };
    case 'DELETED':
      return { result: 'DELETED', personId: result.id };
    case 'NOT_FOUND':
      return { result: 'NOT_FOUND' };
    case 'PARENT_MISSING':
      return { result: 'RETRY', code: 'MARKETO_PARENT_MISSING', detail: result.marketoCode, retryAt };
    case 'IN_USE':
      return { result: 'RETRY', code: 'MARKETO_IN_USE', retryAt };
    case 'REFUSED':
      return { result: 'REFUSED', code: result.code, field: result.field, detail: result.detail };
  }
}
