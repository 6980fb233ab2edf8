import type { ApiUser } from './apiUsers.ts';
import type { Origin } from './origin.ts';

export interface ApplicationCall {
  readonly user: ApiUser;
  readonly requestId: string;
}

/** The origin of what a call of an API user does; the log names the way it came as source, reason and source type. */
export function applicationOrigin({ user, requestId }: ApplicationCall, way: string): Origin {
  return {
    actor: user.userId,
    actorKind: 'application',
    source: way,
    reason: way,
    sourceType: way,
    requestId,
  };
}
