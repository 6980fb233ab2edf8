/** How long to wait before the feed is read again. */
export type FeedPace = {
  /** Somebody says that there is something to find; Marketo may log it a moment later. */
  hint(): void;
  /** Pause in ms after a read that found something, or nothing. */
  pauseMs(found: boolean, nowMs: number): number;
};

export type FeedPaceOptions = { readonly minMs: number; readonly maxMs: number };

/** A minute of silence earns a second of pause: an edit a minute is found in seconds, and after an hour a read a minute will do. */
const quietPerPause = 60;
const pausesAfterHintMs = [1_000, 2_000, 4_000];

/** A pause is a sixtieth of the time since something was last found, within the limits; after a hint a few short ones. */
export function createFeedPace({ minMs, maxMs }: FeedPaceOptions, startedAtMs: number): FeedPace {
  let foundAtMs = startedAtMs;
  let shortPausesMs: number[] = [];

  return {
    hint() {
      shortPausesMs = [...pausesAfterHintMs];
    },
    pauseMs(found, nowMs) {
      if (found) foundAtMs = nowMs;
      const pauseMs = Math.min(Math.max((nowMs - foundAtMs) / quietPerPause, minMs), maxMs);

      return Math.min(pauseMs, shortPausesMs.shift() ?? pauseMs);
    },
  };
}
