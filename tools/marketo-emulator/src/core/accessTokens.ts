/** The tokens of one custom service; the newest is handed out again until it ends (facts section 1). */
export interface AccessTokens {
  current: { readonly token: string; readonly expiresAt: number } | undefined;
  /** Tokens that ended, so that they answer 602 instead of 601; bounded. */
  readonly expired: Set<string>;
}

const expiredTokensMax = 1000;

/** No token issued yet. */
export function createAccessTokens(): AccessTokens {
  return { current: undefined, expired: new Set() };
}

/** The running token with its remaining whole seconds, or a new one. */
export function issueToken(
  tokens: AccessTokens,
  at: { now: number; lifetimeSeconds: number; newToken: () => string },
): { token: string; expiresInSeconds: number } {
  retireToken(tokens, at.now);
  tokens.current ??= { token: at.newToken(), expiresAt: at.now + at.lifetimeSeconds * 1000 };
  const { token, expiresAt } = tokens.current;
  return { token, expiresInSeconds: Math.floor((expiresAt - at.now) / 1000) };
}

/** What became of a token that a caller shows. */
export function judgeToken(
  tokens: AccessTokens,
  now: number,
  token: string,
): 'running' | 'ended' | 'unknown' {
  retireToken(tokens, now);
  if (token === tokens.current?.token) return 'running';
  return tokens.expired.has(token) ? 'ended' : 'unknown';
}

/** Withdraws the running token: its holder sees 601. */
export function revokeToken(tokens: AccessTokens): void {
  tokens.current = undefined;
}

function retireToken(tokens: AccessTokens, now: number): void {
  if (tokens.current === undefined || now < tokens.current.expiresAt) return;
  if (tokens.expired.size >= expiredTokensMax) tokens.expired.clear();
  tokens.expired.add(tokens.current.token);
  tokens.current = undefined;
}
