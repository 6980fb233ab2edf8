import type { Controls } from './controls.ts';
import type { MongoAccess } from './checkInvariants.ts';
import type { People } from './people.ts';
import type { Services } from './services.ts';
import type { Systems } from './systems.ts';
import type { TopicsAccess } from './topicReader.ts';

/** What the scenario is played in: both systems with people in them, and the product at work between them. */
export type World = {
  readonly systems: Systems;
  readonly controls: Controls;
  readonly topics: TopicsAccess;
  /** Null where the database cannot be reached from here. */
  readonly mongo: MongoAccess | null;
  /** Null when they run elsewhere. */
  readonly services: Services | null;
  readonly people: People;
};

/** What every phase needs from its caller. */
export type Surroundings = {
  readonly print: (line: string) => void;
  readonly isTerminal: boolean;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Ends what was opened, last first; one failure does not keep the others open. */
export type Closers = { add(close: () => Promise<unknown>): void; closeAll(): Promise<void> };

export function createClosers(): Closers {
  const closers: (() => Promise<unknown>)[] = [];
  return {
    add: (close) => void closers.push(close),
    async closeAll() {
      for (let close = closers.pop(); close !== undefined; close = closers.pop())
        await close().catch(() => undefined);
    },
  };
}
