import { isSyncError } from '@lockstep/change-events';
import type { DataverseCall } from './dataverseClient.ts';
import type { DynamicsContext } from './dynamicsContext.ts';
import type { HttpAnswer } from './httpTransport.ts';

/** Asks for a page; after an answer that is too large the next one is asked for with half the rows. */
export async function sendPage(
  { client, pageSizes }: DynamicsContext,
  call: DataverseCall,
  preferenceOf: (pageSizeMax: number) => string,
): Promise<HttpAnswer> {
  try {
    return await client.send({ ...call, headers: { prefer: preferenceOf(pageSizes.of(call.table)) } });
  } catch (error) {
    if (isSyncError(error, 'DYNAMICS_ANSWER_INVALID') && error.details['bytesMax'] !== undefined)
      pageSizes.shrink(call.table);
    throw error;
  }
}
