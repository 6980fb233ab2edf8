import { isSyncError, SyncError } from '@lockstep/change-events';
import type { BatchResult, OutgoingMessage } from '@lockstep/ports';
import { encodeChunks, type Chunk, type EncodeSettings } from './outgoingRecords.ts';

/**
 * Encodes what a handler made, before the commit, so that it fails by itself. What is too large is replaced as the handler says;
 * that anything else does not fit is ours, and stops.
 */
export async function encodeResult(
  settings: EncodeSettings,
  { messages, insteadOf }: Pick<BatchResult, 'messages' | 'insteadOf'>,
): Promise<readonly Chunk[]> {
  const left = [...messages];
  for (let replaced = -1; ;) {
    const attempt = await encodeAll(settings, left);
    if ('chunks' in attempt) return attempt.chunks;
    const { at, details } = attempt;
    // What came in the place of one is too large as well.
    if (insteadOf === undefined || details['field'] !== 'size' || at === replaced)
      throw new SyncError('INTERNAL', details);
    left[at] = insteadOf(left[at] as OutgoingMessage);
    replaced = at;
  }
}

/** The chunks, or which message cannot be encoded, and why. */
type Attempt =
  { readonly chunks: readonly Chunk[] } | { readonly at: number; readonly details: SyncError['details'] };

async function encodeAll(settings: EncodeSettings, messages: readonly OutgoingMessage[]): Promise<Attempt> {
  const chunks: Chunk[] = [];
  let taken = 0;
  function* counted() {
    for (const message of messages) {
      taken += 1;
      yield message;
    }
  }
  try {
    for await (const chunk of encodeChunks(settings, counted())) chunks.push(chunk);
  } catch (error) {
    if (!isSyncError(error, 'EVENT_UNENCODABLE')) throw error;
    return { at: taken - 1, details: error.details };
  }

  return { chunks };
}
