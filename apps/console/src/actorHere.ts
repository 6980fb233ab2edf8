import { hostname, userInfo } from 'node:os';

/** Who asks when nobody is named: user@host; a container may run as a user without a name. */
export function actorHere(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `unknown@${hostname()}`;
  }
}
