import { requestWords, type Action } from './actions.ts';
import type { Random } from './random.ts';

/** A marketer asks for something, or what was asked for is published. */
export const drawAsking =
  (faultShare: number) =>
  (random: Random): Action =>
    random.chance(0.6) ? drawRequest(random) : drawPublishing(random, faultShare);

const drawRequest = (random: Random): Action => ({
  kind: 'human',
  act: {
    do: 'ask',
    slot: random.below(6),
    words: random.pick(['sync', ...requestWords] as const),
    as: random.pick(['lead', 'contact'] as const),
    again: random.chance(0.15),
  },
});

const drawPublishing = (random: Random, faultShare: number): Action => ({
  kind: 'step',
  piece: 'publish-requests',
  choice: 0,
  messagesMax: 100,
  fault: random.chance(faultShare)
    ? {
        call: random.below(4),
        when: random.pick(['before', 'after'] as const),
        kind: random.pick(['crash', 'error', 'sleep'] as const),
      }
    : null,
});
