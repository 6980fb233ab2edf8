/**
 * The three fates of a failure (design section 5): RETRY (the world is busy), PARK (this record is wrong: it waits or
 * goes to the dead letters while all others flow), STOP (we are wrong: the process ends with a non-zero code).
 */
export type Fate = 'RETRY' | 'PARK' | 'STOP';

export type ErrorEntry = { readonly fate: Fate; readonly sentence: string };

export const entry = <F extends Fate>(fate: F, sentence: string) => ({ fate, sentence });
