import { isSyncError, SyncError, type TableDefinition, type EventPacking } from '@lockstep/change-events';
import type { DynamicsPage, DynamicsReader } from '@lockstep/ports';
import type { DynamicsContext } from './dynamicsContext.ts';
import { readFailure } from './failures.ts';
import { readPackedPage } from './packing/readPackedPage.ts';
import { isOn, readPageAnswer } from './readAnswer.ts';
import { pagePreference, selectQuery } from './readColumns.ts';
import { retryReads } from './retryReads.ts';
import { sendPage } from './sendPage.ts';

/** Reads tables by change tracking (dataverse facts 1). Positions are next and delta links, followed as they came. */
export function createReader(context: DynamicsContext): Pick<DynamicsReader, 'readPage' | 'countRows'> {
  return {
    async readPage(definition, position, signal, packing = null) {
      const url =
        position === null
          ? firstPage(context, definition)
          : knownPosition(context, definition.table, position);

      return retryReads((failures) => {
        // The last try does without labels: a server lost the delta link over them (dataverse facts 1.6).
        const withLabels = failures.filter(isLinkMissing).length < 2;

        return readPage(context, { definition, url, position, signal, withLabels, packing });
      }, signal);
    },
    async countRows({ table, entitySet }) {
      const url = context.urlOf(`RetrieveTotalRecordCount(EntityNames=@p1)?@p1=['${table}']`);
      const snapshot = await count(context, table, url);

      return (
        totalOf(snapshot) ?? plainCount(await count(context, table, context.urlOf(`${entitySet}/$count`)))
      );
    },
  };
}

/** Some 300 leads: with less, as it comes, a page is done sooner by values (decision 29). */
const packedFrom = 100_000;

type PageRead = {
  readonly definition: TableDefinition;
  readonly url: string;
  readonly position: string | null;
  readonly signal: AbortSignal;
  readonly withLabels: boolean;
  readonly packing: EventPacking | null;
};

function isLinkMissing(error: unknown): boolean {
  return isSyncError(error, 'DYNAMICS_ANSWER_INVALID') && error.details['part'] === 'link';
}

async function readPage(context: DynamicsContext, read: PageRead): Promise<DynamicsPage> {
  const { definition, url, position, signal, withLabels, packing } = read;
  const { table } = definition;
  const isDelta = /[?&](\$|%24)deltatoken=/i.test(url);
  // The pages of a full read can wait; what was changed since cannot.
  const lane = isDelta ? 'LIVE' : 'BACKFILL';
  const zippedFrom = packing === null || context.pageThread === null ? Infinity : packedFrom;
  const call = { operation: 'readPage', lane, table, method: 'GET', url, signal, zippedFrom } as const;
  const answer = await sendPage(context, call, (pageSizeMax) =>
    pagePreference({ pageSizeMax, startsTracking: !isDelta, withLabels }),
  );
  if (answer.status !== 200) throw readFailure(answer, { table, hasPosition: position !== null });

  return packing !== null && answer.zipped
    ? readPackedPage(context, { definition, packing, zipped: answer.zipped })
    : readPageAnswer(definition, context.origin, answer.text);
}

function firstPage(context: DynamicsContext, definition: TableDefinition): string {
  return context.urlOf([definition.entitySet, ...selectQuery(definition)].join('?'));
}

/** A position of another organisation (a restored checkpoint, a changed address) asks for a full read of this one. */
function knownPosition({ origin }: DynamicsContext, table: string, position: string): string {
  if (!isOn(origin, position)) throw new SyncError('DYNAMICS_POSITION_EXPIRED', { table, reason: 'origin' });

  return position;
}

/** The body of a counting call; null when the server does not offer it. Counts only feed progress bars. */
async function count(context: DynamicsContext, table: string, url: string): Promise<string | null> {
  const answer = await context.client.send({
    operation: 'countRows',
    lane: 'CONTROL',
    table,
    method: 'GET',
    url,
  });

  return answer.status === 200 ? answer.text : null;
}

type TotalCount = { EntityRecordCountCollection?: { Values?: readonly unknown[] } };

function totalOf(text: string | null): number | null {
  if (text === null) return null;
  try {
    const total = (JSON.parse(text) as TotalCount | null)?.EntityRecordCountCollection?.Values?.[0];

    return typeof total === 'number' && total >= 0 ? total : null;
  } catch {
    return null;
  }
}

/** `/$count` stops at 5,000 (dataverse facts 1.7), so that number says nothing. */
const countedMax = 5000;

function plainCount(text: string | null): number | null {
  const digits = /^\uFEFF?(\d+)$/.exec(text?.trim() ?? '')?.[1];

  return digits === undefined || Number(digits) >= countedMax ? null : Number(digits);
}
