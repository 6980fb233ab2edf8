import { v5 as uuidFromName } from 'uuid';

/** Who commits a change. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly kind: 'human' | 'application';
  /** The application's user, when it acts for this one (facts, section 3.7). */
  readonly actingUserId?: string;
}

/** Ids made from a name are made in this space. */
export const idSpace = '6f1c2b52-54a0-4c58-9a8a-6a6f2f0f6a11';

/** The id of a user, derived from the name so that runs are comparable. */
export function userId(name: string): string {
  return uuidFromName(`user/${name}`, idSpace);
}
