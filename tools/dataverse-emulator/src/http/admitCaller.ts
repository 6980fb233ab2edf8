import { DataverseError, errorCodes } from '../core/dataverseError.ts';
import { nowMs, type OrganizationState } from '../core/organizationState.ts';
import { verifyAccessToken } from './accessToken.ts';

/** Where the caller knocked. */
export interface Knock {
  readonly authorization: string | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** `http://host:port`, or https, as the caller spells it: the audience its token must have. */
  readonly origin: string;
  readonly tokenAuthority: string;
  readonly signingKey: string;
}

function challenge(knock: Knock, status: number, reason: string): DataverseError {
  const value = `Bearer authorization_uri=${knock.tokenAuthority}/oauth2/authorize, resource_id=${knock.origin}/`;
  const suffix = reason === '' ? '' : `, error=invalid_token, error_description=${reason}`;
  return new DataverseError(status, errorCodes.notAuthenticated, reason, {
    'www-authenticate': value + suffix,
  });
}

function checkToken(state: OrganizationState, knock: Knock): void {
  const token = /^Bearer (\S+)$/i.exec(knock.authorization ?? '')?.[1];
  if (!token) throw challenge(knock, 401, '');
  const claims = verifyAccessToken(token, knock.signingKey);
  if (!claims) throw challenge(knock, 401, 'The token is not signed by this tenant');
  if (claims.exp * 1000 <= nowMs(state))
    throw challenge(knock, state.settings.expiredAccessTokenStatus, 'The token has expired');
  if (claims.aud.replace(/\/$/, '') !== knock.origin) throw challenge(knock, 401, 'The audience is wrong');
}

/** Lets the application user in. Throws 401 with a challenge, or 403 (facts, sections 4.4 and 5). */
export function admitCaller(state: OrganizationState, knock: Knock): void {
  checkToken(state, knock);
  const standing = state.settings.applicationUser;
  if (standing === 'absent')
    throw new DataverseError(403, errorCodes.notAMember, 'The user is not a member of the organization.');
  if (standing === 'disabled')
    throw new DataverseError(403, errorCodes.userDisabled, 'The user is disabled.');
  if (knock.headers['callerobjectid'] ?? knock.headers['mscrmcallerid'])
    throw new DataverseError(
      403,
      errorCodes.mayNotActOnBehalf,
      'The application user is missing prvActOnBehalfOfAnotherUser.',
    );
}
