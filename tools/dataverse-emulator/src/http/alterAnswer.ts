import { isLosslessNumber, parse, stringify } from 'lossless-json';
import type { Answer } from '../api/call.ts';
import type { FaultAction } from '../core/faultPlan.ts';

type Collection = Record<string, unknown> & { value: unknown[] };

/** What a gateway or web server says in the place of the service. */
export interface HtmlPage {
  readonly status: number;
  readonly title?: string;
  readonly retryAfterSeconds?: number;
}

/** A page of a gateway in the place of JSON. */
export function htmlAnswer({ status, title = 'Service unavailable', retryAfterSeconds }: HtmlPage): Answer {
  const seconds = retryAfterSeconds;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
    },
    body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h2>${title}</h2></body></html>`,
    code: null,
  };
}

function asCollection(answer: Answer): Collection | undefined {
  if (answer.status !== 200) return undefined;
  try {
    const body = parse(answer.body);
    const isObject = typeof body === 'object' && body !== null && !isLosslessNumber(body);
    return isObject && Array.isArray((body as Collection).value) ? (body as Collection) : undefined;
  } catch {
    return undefined;
  }
}

const alterations: Partial<Record<FaultAction['kind'], (body: Collection, address: string) => Collection>> = {
  repeatPage: (body, address) => ('@odata.nextLink' in body ? { ...body, '@odata.nextLink': address } : body),
  omitDeltaLink: ({ '@odata.deltaLink': _, ...body }) => body as Collection,
  repeatRows: (body) => ({ ...body, value: body.value.flatMap((row) => [row, row]) }),
  reverseRows: (body) => ({ ...body, value: [...body.value].reverse() }),
};

/** What the faults that spoil pages make of an answer. Digits stay as they were; anything but a page is left alone. */
export function alterAnswer(answer: Answer, action: FaultAction | undefined, address: string): Answer {
  const alter = action && alterations[action.kind];
  const body = alter && asCollection(answer);
  return body ? { ...answer, body: stringify(alter(body, address)) ?? '' } : answer;
}
