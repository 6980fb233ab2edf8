import { createGunzip } from 'node:zlib';
import { NotPacked } from '@lockstep/change-events';
import { chunkBytes } from '../chunkBytes.ts';

/** Inflates a page; what is there of it is told as it grows, while the next part is being inflated. */
export type PageInflater = (
  zipped: Uint8Array,
  bytesMax: number,
  onGrown: (page: Buffer) => void,
) => Promise<Buffer>;

const partBytes = 2 * 1024 * 1024;

/** One page after the other into the same memory: a new piece of it for each makes the collector run for each. */
export function createPageInflater(): PageInflater {
  let memory = Buffer.alloc(0);

  return async (zipped, bytesMax, onGrown) => {
    const usual = chunkBytes(zipped);
    if (memory.length < usual) memory = Buffer.allocUnsafeSlow(usual);
    let [page, length] = [memory, 0];
    for await (const part of createGunzip({ chunkSize: partBytes }).end(zipped) as AsyncIterable<Buffer>) {
      if (length + part.length > bytesMax) throw new NotPacked('a page that is too large');
      if (length + part.length > page.length) page = Buffer.concat([page], 2 * (length + part.length));
      part.copy(page, length);
      length += part.length;
      onGrown(page.subarray(0, length));
    }

    return page.subarray(0, length);
  };
}
