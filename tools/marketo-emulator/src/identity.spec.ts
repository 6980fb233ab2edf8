import { parse, withEmulator } from './testClient.ts';

interface TokenAnswer {
  access_token: string;
  expires_in: number;
  token_type: string;
  scope: string;
}

test('hands out the same token with shrinking seconds until it ends', () =>
  withEmulator(async (client) => {
    const first = await parse<TokenAnswer>(await client.token());
    await client.control('POST', 'clock', { advanceMs: 60_000 });
    const second = await parse<TokenAnswer>(await client.token());
    await client.control('POST', 'clock', { advanceMs: 3_600_000 });
    const third = await parse<TokenAnswer>(await client.token());

    expect(second.access_token).toBe(first.access_token);
    expect(first.expires_in - second.expires_in).toBeGreaterThanOrEqual(60);
    expect(third.access_token).not.toBe(first.access_token);
    expect(third).toMatchObject({ token_type: 'bearer', scope: expect.stringContaining('@') as string });
  }));

test('a token that is about to end has 0 seconds left', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'clock', { advanceMs: 3_599_200 });

    expect(await parse<TokenAnswer>(await client.token())).toMatchObject({ expires_in: 0 });
  }));

test('accepts credentials in a form body', () =>
  withEmulator(async (client) => {
    const query = new URL((await client.token()).url).searchParams;
    const response = await fetch(`${client.url}/identity/oauth/token`, { method: 'POST', body: query });

    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(`Bearer ${(await parse<TokenAnswer>(response)).access_token}`).toBe(client.authorization);
  }));

test('refuses bad credentials with HTTP 401 outside the envelope', () =>
  withEmulator(async (client) => {
    const response = await client.token('wrong');

    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      error: 'invalid_client',
      error_description: 'Bad client credentials',
    });
  }));

test('answers 603 without a header, 601 for an unknown token, 602 for an ended one, all as HTTP 200', () =>
  withEmulator(async (client) => {
    const codeWith = async (headers: Record<string, string>, query = ''): Promise<string | undefined> => {
      const response = await fetch(`${client.url}/rest/v1/stats/usage.json${query}`, { headers });
      expect(response.status).toBe(200);
      return (await parse<{ errors: { code: string }[] }>(response)).errors[0]?.code;
    };
    const token = client.authorization.slice('Bearer '.length);

    expect(await codeWith({})).toBe('603');
    expect(await codeWith({}, `?access_token=${token}`)).toBe('603');
    expect(await codeWith({ authorization: 'Bearer unknown' })).toBe('601');
    await client.control('POST', 'clock', { advanceMs: 3_601_000 });
    expect(await codeWith({ authorization: client.authorization })).toBe('602');
  }));

test('a revoked token answers 601', () =>
  withEmulator(async (client) => {
    expect((await client.get('stats/usage.json')).success).toBe(true);
    await client.control('DELETE', 'tokens');

    expect((await client.get('stats/usage.json')).errors?.[0]?.code).toBe('601');
  }));
