import { createHmac, timingSafeEqual } from 'node:crypto';

/** Claims of an access token; times are seconds since 1970. */
export interface AccessClaims {
  readonly aud: string;
  readonly iss: string;
  readonly tid: string;
  readonly appid: string;
  readonly iat: number;
  readonly exp: number;
  /** `cp1` when the client declared that it understands claims challenges. */
  readonly xms_cc?: readonly string[];
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function signature(content: string, key: string): Buffer {
  return createHmac('sha256', key).update(content).digest();
}

/** A JWT signed with a key that only this emulator holds. */
export function signAccessToken(claims: AccessClaims, key: string): string {
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${signature(content, key).toString('base64url')}`;
}

function isClaims(value: unknown): value is AccessClaims {
  return typeof value === 'object' && value !== null && 'aud' in value && 'exp' in value && 'appid' in value;
}

/** The claims of a token signed with that key, whether or not it has expired; undefined for anything else. */
export function verifyAccessToken(token: string, key: string): AccessClaims | undefined {
  const [header, payload, signed] = token.split('.');
  if (!header || !payload || !signed) return undefined;
  const expected = signature(`${header}.${payload}`, key);
  const given = Buffer.from(signed, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return isClaims(claims) ? claims : undefined;
}
