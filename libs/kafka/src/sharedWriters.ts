import pLimit, { type LimitFunction } from 'p-limit';
import type { TransactionalProducer } from './transactionalProducer.ts';

/**
 * What consumers with one writer share in this process, by transactional id: one producer, and turns. In two processes they fence
 * each other, so that what one of them was about to publish does not come after what another has published since.
 */
export type SharedWriters = {
  /** The producer that others have taken already, or a new one; closed when nobody has it any more. */
  open(id: string): Promise<TransactionalProducer>;
  /** One at a time for each id, in the order of the calls. */
  inTurn<Result>(id: string, work: () => Promise<Result>): Promise<Result>;
};

type Shared = { readonly producer: Promise<TransactionalProducer>; users: number };

export function createSharedWriters(
  openProducer: (id: string) => Promise<TransactionalProducer>,
): SharedWriters {
  const open = new Map<string, Shared>();
  const limits = new Map<string, LimitFunction>();
  const begin = (id: string): Shared => {
    const shared = { producer: openProducer(id), users: 0 };
    open.set(id, shared);
    return shared;
  };
  const forget = (id: string, shared: Shared): void => {
    if (open.get(id) === shared) open.delete(id);
  };
  return {
    async open(id) {
      const shared = open.get(id) ?? begin(id);
      shared.users += 1;
      return shareOf(shared, () => forget(id, shared));
    },
    inTurn(id, work) {
      const limit = limits.get(id) ?? pLimit(1);
      limits.set(id, limit);
      return limit(work);
    },
  };
}

/** One user's part. After a failure nobody else takes the producer: it is of no use any more. */
async function shareOf(shared: Shared, forget: () => void): Promise<TransactionalProducer> {
  const orForget = (error: unknown): never => {
    forget();
    throw error;
  };
  const producer = await shared.producer.catch(orForget);

  return {
    commit: (content) => producer.commit(content).catch(orForget),
    async close() {
      shared.users -= 1;
      if (shared.users > 0) return;
      forget();
      await producer.close();
    },
  };
}
