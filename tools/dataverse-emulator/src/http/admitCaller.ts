import type { Application } from '../core/application.ts';
import { DataverseError, errorCodes } from '../core/dataverseError.ts';
import type { Actor } from '../core/actor.ts';
import { nowMs, type OrganizationState } from '../core/organizationState.ts';
import { verifyAccessToken, type AccessClaims } from './accessToken.ts';

/** Where the caller knocked. */
export interface Knock {
  readonly authorization: string | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** `http://host:port` as the caller spells it: the audience its token must have. */
  readonly origin: string;
  readonly tokenAuthority: string;
  readonly signingKey: string;
}

/** A caller who was let in: its application, and the user its rows will name. */
export interface Caller {
  readonly application: Application;
  readonly actor: Actor;
}

function challenge(knock: Knock, status: number, reason: string): DataverseError {
  const value = `Bearer authorization_uri=${knock.tokenAuthority}/oauth2/authorize, resource_id=${knock.origin}/`;
  const suffix = reason === '' ? '' : `, error=invalid_token, error_description=${reason}`;
  return new DataverseError(status, errorCodes.notAuthenticated, reason, {
    'www-authenticate': value + suffix,
  });
}

/** Continuous access evaluation: the claims tell the client which tokens are no longer good (facts, section 4.4). */
function claimsChallenge(knock: Knock, notBeforeMs: number): DataverseError {
  const nbf = { essential: true, value: String(Math.ceil(notBeforeMs / 1000)) };
  const claims = Buffer.from(JSON.stringify({ access_token: { nbf } })).toString('base64');
  const uri = `authorization_uri="${knock.tokenAuthority}/oauth2/authorize"`;
  return new DataverseError(401, errorCodes.notAuthenticated, 'The token was revoked.', {
    'www-authenticate': `Bearer realm="", ${uri}, error="insufficient_claims", claims="${claims}"`,
  });
}

function checkRevoked(
  state: OrganizationState,
  knock: Knock,
  claims: AccessClaims,
  { revokedBeforeMs }: Application,
): void {
  if (claims.iat * 1000 >= revokedBeforeMs) return;
  if (state.settings.challengesClaims && claims.xms_cc?.includes('cp1'))
    throw claimsChallenge(knock, revokedBeforeMs);
  throw challenge(knock, 401, 'The token was revoked');
}

function checkToken(state: OrganizationState, knock: Knock): AccessClaims {
  const token = /^Bearer (\S+)$/i.exec(knock.authorization ?? '')?.[1];
  if (!token) throw challenge(knock, 401, '');
  const claims = verifyAccessToken(token, knock.signingKey);
  if (!claims) throw challenge(knock, 401, 'The token is not signed by this tenant');
  if (claims.exp * 1000 <= nowMs(state))
    throw challenge(knock, state.settings.expiredAccessTokenStatus, 'The token has expired');
  if (claims.aud.replace(/\/$/, '') !== knock.origin) throw challenge(knock, 401, 'The audience is wrong');
  return claims;
}

/** Absent, disabled or present: by setting for the application the emulator started with, by its row for the others. */
function standingOf(
  state: OrganizationState,
  { clientId, actor }: Application,
): 'present' | 'absent' | 'disabled' {
  if (clientId === state.identity.clientId) return state.settings.applicationUser;
  const row = state.store.row('systemuser', actor.id);
  if (!row) return 'absent';
  return row['isdisabled'] === true ? 'disabled' : 'present';
}

function applicationOf(state: OrganizationState, claims: AccessClaims): Application {
  const application = state.applications.get(claims.appid);
  const standing = application ? standingOf(state, application) : 'absent';
  if (!application || standing === 'absent')
    throw new DataverseError(403, errorCodes.notAMember, 'The user is not a member of the organization.');
  if (application.isBlocked)
    throw new DataverseError(
      403,
      errorCodes.applicationBlocked,
      `The application id ${claims.appid} is blocked for this organization.`,
    );
  if (standing === 'disabled')
    throw new DataverseError(403, errorCodes.userDisabled, 'The user is disabled.');
  return application;
}

function impersonatedRow(
  state: OrganizationState,
  headers: Knock['headers'],
): Readonly<Record<string, unknown>> | undefined {
  const objectId = headers['callerobjectid']?.toLowerCase();
  if (objectId === undefined)
    return state.store.row('systemuser', headers['mscrmcallerid']?.toLowerCase() ?? '');
  for (const row of state.store.rows('systemuser'))
    if (row['azureactivedirectoryobjectid'] === objectId) return row;
  return undefined;
}

/** Who acts: the application itself, or the user it names if it may (facts, section 3.7). */
function actorOf(state: OrganizationState, application: Application, headers: Knock['headers']): Actor {
  if ((headers['callerobjectid'] ?? headers['mscrmcallerid']) === undefined) return application.actor;
  if (!application.mayActOnBehalf)
    throw new DataverseError(
      403,
      errorCodes.mayNotActOnBehalf,
      'The application user is missing prvActOnBehalfOfAnotherUser.',
    );
  const row = impersonatedRow(state, headers);
  if (!row || row['isdisabled'] === true)
    throw new DataverseError(
      403,
      errorCodes.notAMember,
      'The user to act for is not a member of the organization.',
    );
  return {
    id: String(row['systemuserid']),
    name: String(row['fullname']),
    kind: 'human',
    actingUserId: application.actor.id,
  };
}

/** Lets an application user in. Throws 401 with a challenge, or 403 (facts, sections 4.4 and 5). */
export function admitCaller(state: OrganizationState, knock: Knock): Caller {
  const claims = checkToken(state, knock);
  const application = applicationOf(state, claims);
  checkRevoked(state, knock, claims, application);
  return { application, actor: actorOf(state, application, knock.headers) };
}
