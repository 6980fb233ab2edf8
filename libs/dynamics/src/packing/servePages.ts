import type { MessagePort } from 'node:worker_threads';
import { createPagePacker, type PackedPart, type PageToPack } from './packPage.ts';

export type PageQuestion = PageToPack & { readonly number: number };

/** About the page with this number. After `failure` nothing comes of it any more. */
export type PageAnswer = { readonly number: number } & (PackedPart | { readonly failure: string });

/** The thread's side: packs what `port` asks for, in order, each part sent as soon as it is there. */
export function servePages(port: Pick<MessagePort, 'on' | 'postMessage'>): void {
  const packer = createPagePacker();
  const post = (answer: PageAnswer): void =>
    port.postMessage(answer, 'buffer' in answer ? [answer.buffer] : []);
  port.on('message', ({ number, ...page }: PageQuestion) => {
    try {
      for (const part of packer.pack(page)) post({ number, ...part });
    } catch (error) {
      // Whatever it is: the page is done by values, and what is wrong with it is told there.
      post({ number, failure: String(error) });
    }
  });
}
