/** The part of kafkajs that asks one broker; its package has no types for it. */
declare module 'kafkajs/src/broker/index.js' {
  import type { FetchedPartition } from './hideAborted.ts';

  export default class Broker {
    fetch(
      request: unknown,
    ): Promise<{ readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[] }>;
  }
}
