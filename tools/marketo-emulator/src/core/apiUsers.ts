import type { AccessTokens } from './accessTokens.ts';
import { createAccessTokens, judgeToken, revokeToken } from './accessTokens.ts';
import { permissions } from './permissions.ts';

/** An API-only user: calls are counted by user, and its role says what they may do (facts section 1). */
export interface ApiUser {
  /** Its address; the actor of its calls. */
  readonly userId: string;
  /** What its role grants; a change holds for running tokens too (inferred). */
  permissions: ReadonlySet<string>;
  /** Ids of the partitions of its workspaces; persons elsewhere are not there for it, or closed (1008). */
  partitions: ReadonlySet<number> | 'all';
}

/** A custom service: the credentials of one user, and the tokens that were issued to them. */
export interface CustomService {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly user: ApiUser;
  readonly tokens: AccessTokens;
}

/** Credentials of a custom service. */
export type Credentials = Pick<CustomService, 'clientId' | 'clientSecret'>;

/** Everybody who may call: users by address, services by client id. */
export interface ApiUsers {
  readonly users: Map<string, ApiUser>;
  readonly services: Map<string, CustomService>;
}

const firstUserId = 'lockstep@api.marketo-emulator.example';

/** One user that may do everything, with one service. */
export function createApiUsers(credentials: Credentials): ApiUsers {
  const access: ApiUsers = { users: new Map(), services: new Map() };
  addService(access, putUser(access, firstUserId, { permissions, partitions: 'all' }), credentials);
  return access;
}

/** What a user may do, and where. */
export interface Role {
  readonly permissions: readonly string[];
  /** Partition ids. */
  readonly partitions: ReadonlySet<number> | 'all';
}

/** Makes a user, or gives a known one another role. */
export function putUser(
  access: ApiUsers,
  userId: string,
  { permissions: granted, partitions }: Role,
): ApiUser {
  const user = access.users.get(userId) ?? { userId, permissions: new Set(), partitions };
  user.permissions = new Set(granted);
  user.partitions = partitions;
  access.users.set(userId, user);
  return user;
}

/** Gives a user a service; it takes the place of one with the same client id. */
export function addService(access: ApiUsers, user: ApiUser, { clientId, clientSecret }: Credentials): void {
  access.services.set(clientId, { clientId, clientSecret, user, tokens: createAccessTokens() });
}

/** The user whose running token an Authorization header holds, or the code that refuses the header. */
export function callerOf(
  access: ApiUsers,
  now: number,
  authorization: string | undefined,
): { readonly user: ApiUser } | { readonly code: '601' | '602' | '603' } {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return { code: '603' };
  const verdicts = [...access.services.values()].map(
    ({ user, tokens }) => [user, judgeToken(tokens, now, token)] as const,
  );
  const running = verdicts.find(([, verdict]) => verdict === 'running');
  if (running !== undefined) return { user: running[0] };
  return { code: verdicts.some(([, verdict]) => verdict === 'ended') ? '602' : '601' };
}

/** Withdraws every running token: their holders see 601. */
export function revokeTokens(access: ApiUsers): void {
  for (const { tokens } of access.services.values()) revokeToken(tokens);
}
