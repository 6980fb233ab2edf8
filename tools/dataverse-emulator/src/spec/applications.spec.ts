import { createHash, generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { startClient, type Answered, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeEach(async () => {
  client = await startClient();
});
afterEach(() => client.close());

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

function grantFor(form: Record<string, string>): Promise<Answered> {
  const scope = `${client.emulator.url}/.default`;
  return client.postToken({ grant_type: 'client_credentials', scope, ...form });
}

async function headersFor(
  application: Record<string, unknown>,
  more: Record<string, string> = {},
): Promise<Record<string, string>> {
  const form = {
    client_id: String(application['clientId']),
    client_secret: String(application['clientSecret']),
  };
  const answer = await grantFor({ ...form, ...more });
  return { authorization: `Bearer ${String(answer.body['access_token'])}` };
}

describe('several applications', () => {
  it('write as users of their own, each with its own limits and privileges', async () => {
    const writer = await client.control('applications', {
      name: 'writer',
      missingPrivileges: ['prvReadlead'],
    });
    const headers = await headersFor(writer);
    await client.control('settings', { limits: { requestsMax: 3 } });
    const created = await client.call('contacts', {
      method: 'POST',
      body: { lastname: 'Ek' },
      headers: { ...headers, prefer: 'return=representation' },
    });
    expect(created.body['_modifiedby_value']).toBe(writer['userId']);
    const refused = await client.call('leads', { headers });
    expect([refused.status, refused.code]).toEqual([403, '0x80040220']);
    expect(refused.text).toMatch(/prvReadLead.*lead/i);
    await client.call('contacts', { headers });
    expect((await client.call('contacts', { headers })).status).toBe(429);
    expect((await client.call('contacts')).status).toBe(200);
    const { days } = (await client.control('usage')) as { days: Record<string, unknown>[] };
    expect(days).toContainEqual(
      expect.objectContaining({
        user: 'writer',
        operations: 3,
        byTable: { contacts: { POST: 1, GET: 1 }, leads: { GET: 1 } },
      }),
    );
  });

  it('are refused when their id is blocked, or their user disabled or deleted', async () => {
    const application = await client.control('applications', { name: 'writer' });
    const headers = await headersFor(application);
    const change = (body: unknown): Promise<unknown> =>
      client.control(`applications/${String(application['clientId'])}`, body);
    await change({ isBlocked: true });
    expect((await client.call('WhoAmI', { headers })).code).toBe('0x80095ffc');
    await change({ isBlocked: false });
    const user = { table: 'systemuser', id: application['userId'] };
    await client.control('edits', { ...user, fields: { isdisabled: true } });
    expect((await client.call('WhoAmI', { headers })).code).toBe('0x8004a112');
    await client.control('deletes', user);
    expect((await client.call('WhoAmI', { headers })).code).toBe('0x80072560');
  });

  it('rotate their secrets: both are good for a while, then the old one is expired', async () => {
    const { clientId } = await client.control('applications', { name: 'writer' });
    const now = Number((await client.control('clock'))['now']);
    await client.control(`applications/${String(clientId)}`, {
      secrets: [{ value: 'old', endMs: now + 60_000 }, { value: 'new' }],
    });
    const outcome = async (secret: string): Promise<unknown> => {
      const { status, body } = await grantFor({ client_id: String(clientId), client_secret: secret });
      return [status, (body['error_codes'] as number[] | undefined)?.[0]];
    };
    expect([await outcome('old'), await outcome('new')]).toEqual([
      [200, undefined],
      [200, undefined],
    ]);
    await client.control('clock', { advanceMs: 120_000 });
    expect(await outcome('old')).toEqual([401, 7_000_222]);
    expect(await outcome('none')).toEqual([401, 7_000_215]);
    expect(await outcome('new')).toEqual([200, undefined]);
  });

  it('prove who they are by a certificate, or by the assertion of an issuer they trust', async () => {
    const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = own.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const thumbprint = createHash('sha256').update(pem).digest('hex');
    const { clientId } = await client.control('applications', {
      publicKeyPem: pem,
      certificateThumbprint: thumbprint,
      federated: {
        issuer: 'https://cluster.example',
        subject: 'system:serviceaccount:sync:extractor',
        audience: 'api://AzureADTokenExchange',
        publicKeyPem: foreign.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      },
    });
    const id = String(clientId);
    const x5t = Buffer.from(thumbprint, 'hex').toString('base64url');
    const audience = `${client.emulator.tokenAuthority}/oauth2/v2.0/token`;
    const outcome = async (assertion: string): Promise<unknown> => {
      const form = { client_assertion_type: assertionType, client_assertion: assertion };
      const { status, body } = await grantFor({ client_id: id, ...form });
      return [status, (body['error_codes'] as number[] | undefined)?.[0]];
    };
    const signed = (key: typeof own.privateKey): string =>
      jwt.sign({ iss: id, sub: id, aud: audience }, key, {
        algorithm: 'PS256',
        expiresIn: 600,
        header: { alg: 'PS256', 'x5t#S256': x5t } as jwt.JwtHeader,
      });
    expect(await outcome(signed(own.privateKey))).toEqual([200, undefined]);
    expect(await outcome(signed(foreign.privateKey))).toEqual([401, 700_027]);
    const workload = (subject: string): string =>
      jwt.sign(
        { iss: 'https://cluster.example', sub: subject, aud: 'api://AzureADTokenExchange' },
        foreign.privateKey,
        { algorithm: 'RS256', expiresIn: 600 },
      );
    expect(await outcome(workload('system:serviceaccount:sync:extractor'))).toEqual([200, undefined]);
    expect(await outcome(workload('system:serviceaccount:sync:other'))).toEqual([401, 70_021]);
  });

  it('get a claims challenge for a revoked token only when they declared that they understand it', async () => {
    const application = await client.control('applications', { name: 'writer' });
    const capable = await headersFor(application, {
      claims: '{"access_token":{"xms_cc":{"values":["cp1"]}}}',
    });
    const plain = await headersFor(application);
    await client.control('clock', { advanceMs: 5000 });
    await client.control(`applications/${String(application['clientId'])}`, { revokeTokens: true });
    const challenge = async (headers: Record<string, string>): Promise<string> =>
      String((await client.call('WhoAmI', { headers })).headers['www-authenticate']);
    const [, claims = ''] =
      /error="insufficient_claims", claims="([^"]+)"/.exec(await challenge(capable)) ?? [];
    expect(JSON.parse(Buffer.from(claims, 'base64').toString())).toHaveProperty('access_token.nbf.value');
    expect(await challenge(plain)).toContain('The token was revoked');
    await client.control('settings', { challengesClaims: false });
    expect(await challenge(capable)).toContain('The token was revoked');
  });
});

describe('impersonation', () => {
  it('writes in the name of a user when the application may, and says who acted', async () => {
    const user = 'c1111111-2222-4333-8444-555555555555';
    await client.control('rows', {
      table: 'systemuser',
      rows: [{ systemuserid: user, azureactivedirectoryobjectid: user, fullname: 'Ida' }],
    });
    const application = await client.control('applications', { name: 'writer', mayActOnBehalf: true });
    const headers = await headersFor(application);
    for (const name of ['MSCRMCallerID', 'CallerObjectId']) {
      const { body } = await client.call('leads', {
        method: 'POST',
        body: { lastname: 'Ek' },
        headers: { ...headers, [name]: user, prefer: 'return=representation' },
      });
      expect(body).toMatchObject({
        _createdby_value: user,
        _modifiedby_value: user,
        _createdonbehalfby_value: application['userId'],
        _modifiedonbehalfby_value: application['userId'],
      });
    }
    const refused = await client.call('leads', { headers: { MSCRMCallerID: user } });
    expect([refused.status, refused.code]).toEqual([403, '0x8004a110']);
  });
});
