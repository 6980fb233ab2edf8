import { msalToken } from './msalToken.ts';
import { startClient, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.close());

describe('authentication', () => {
  it('gives msal-node a token that opens the Web API', async () => {
    const token = await msalToken(client.emulator);
    const answer = await client.call('WhoAmI', { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    expect(answer.body['UserId']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('refuses msal-node with invalid_client when the secret is wrong', async () => {
    await expect(msalToken({ ...client.emulator, clientSecret: 'wrong' })).rejects.toMatchObject({
      errorCode: 'invalid_client',
    });
  });

  it('answers a call without a token with an empty 401 and a challenge', async () => {
    const answer = await client.call('leads', { headers: { authorization: '' } });
    expect([answer.status, answer.text]).toEqual([401, '']);
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer authorization_uri=${client.emulator.tokenAuthority}/oauth2/authorize, resource_id=${client.emulator.url}/`,
    );
  });

  it('refuses a token for another audience and a token it did not sign', async () => {
    const { clientId, clientSecret } = client.emulator;
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const other = await client.postToken({ ...form, scope: 'https://elsewhere.example.com/.default' });
    const authorization = `Bearer ${String(other.body['access_token'])}`;
    expect((await client.call('leads', { headers: { authorization } })).status).toBe(401);
    expect((await client.call('leads', { headers: { authorization: 'Bearer a.b.c' } })).status).toBe(401);
  });

  it('refuses an application that is no user of the organisation, and a disabled one', async () => {
    await client.control('settings', { applicationUser: 'absent' });
    const absent = await client.call('leads');
    await client.control('settings', { applicationUser: 'disabled' });
    const disabled = await client.call('leads');
    await client.control('settings', { applicationUser: 'present' });
    expect([absent.status, absent.code]).toEqual([403, '0x80072560']);
    expect([disabled.status, disabled.code]).toEqual([403, '0x8004a112']);
    expect((await client.call('leads')).status).toBe(200);
  });

  it('lets a token expire by its own clock', async () => {
    await client.control('settings', { tokenLifetimeSeconds: 600 });
    await client.renewToken();
    await client.control('clock', { advanceMs: 599_000 });
    const before = await client.call('leads');
    await client.control('clock', { advanceMs: 2000 });
    const after = await client.call('leads');
    expect([before.status, after.status]).toEqual([200, 401]);
    await client.renewToken();
    expect((await client.call('leads')).status).toBe(200);
  });
});
