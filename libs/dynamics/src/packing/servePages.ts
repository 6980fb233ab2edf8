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
  const answer = async ({ number, ...page }: PageQuestion): Promise<void> => {
    try {
      for await (const part of packer.pack(page)) post({ number, ...part });
    } catch (error) {
      // Whatever it is: the page is done by values, and what is wrong with it is told there.
      post({ number, failure: String(error) });
    }
  };
  let last = Promise.resolve();
  port.on('message', (question: PageQuestion) => {
    last = last.then(() => answer(question));
  });
}
