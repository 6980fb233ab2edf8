import { isSyncError, NotPacked, type TableDefinition, type EventPacking } from '@lockstep/change-events';
import type { DynamicsPage } from '@lockstep/ports';
import type { DynamicsContext } from '../dynamicsContext.ts';
import type { ZippedText } from '../httpTransport.ts';
import { readEnvelope, readPageAnswer } from '../readAnswer.ts';
import type { JsonRow } from '../readRow.ts';

type ZippedPage = {
  readonly definition: TableDefinition;
  readonly packing: EventPacking;
  readonly zipped: ZippedText;
};

/** Packs a page, or reads it by values when it is not plain; then what is wrong with it is told as ever. */
export async function readPackedPage(context: DynamicsContext, page: ZippedPage): Promise<DynamicsPage> {
  try {
    return await pack(context, page);
  } catch (error) {
    if (!(error instanceof NotPacked)) throw error;

    return unpack(context, page);
  }
}

async function pack(context: DynamicsContext, page: ZippedPage): Promise<DynamicsPage> {
  const { pageThread, origin } = context;
  const { definition, packing, zipped } = page;
  if (pageThread === null) throw new NotPacked('no thread');

  const { rows, envelope } = await pageThread.pack({
    ...{ zipped: zipped.bytes, bytesMax: zipped.bytesMax },
    ...{ definition, schema: packing.schema, context: packing.context() },
  });

  context.onLargePage(definition.table, 'packed');

  return {
    rows,
    ...{ deletedIds: [], refused: [] },
    ...envelopeOf(definition, origin, envelope),
    unpacked: () => unpack(context, page),
  };
}

/** What is wrong with it is for the way by values to say. */
function envelopeOf(definition: TableDefinition, origin: string, text: string) {
  try {
    const body = JSON.parse(text) as JsonRow;
    const rows = body['value'];
    if (Array.isArray(rows) && rows.length === 0) return readEnvelope(definition, origin, body);
  } catch (cause) {
    throw new NotPacked('another envelope', cause);
  }
  throw new NotPacked('another envelope');
}

async function unpack(context: DynamicsContext, { definition, zipped }: ZippedPage): Promise<DynamicsPage> {
  context.onLargePage(definition.table, 'values');
  try {
    return readPageAnswer(definition, context.origin, await zipped.text());
  } catch (error) {
    if (isSyncError(error, 'DYNAMICS_ANSWER_INVALID') && error.details['bytesMax'] !== undefined)
      context.pageSizes.shrink(definition.table);
    throw error;
  }
}
