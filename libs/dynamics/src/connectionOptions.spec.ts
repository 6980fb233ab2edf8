import { connectionOptions, type ConnectionConfig, type UserConfig } from './connectionOptions.ts';

const config: ConnectionConfig = {
  dataverseUrl: 'https://contoso.crm.dynamics.com',
  dataverseTenantId: 'contoso',
  dataverseCloud: 'public',
  dataverseTokenAuthority: undefined,
  dataverseCaFile: undefined,
  dataverseTlsMin: '1.2',
  dataverseShare: 0.5,
};
const user: UserConfig = {
  clientId: 'reader',
  clientSecret: undefined,
  clientSecretFile: undefined,
  certificateFile: undefined,
  certificateKeyFile: undefined,
  federatedTokenFile: undefined,
};

describe('connectionOptions', () => {
  it.each([
    ['public', 'https://login.microsoftonline.com/contoso'],
    ['gcc', 'https://login.microsoftonline.com/contoso'],
    ['gcchigh', 'https://login.microsoftonline.us/contoso'],
    ['dod', 'https://login.microsoftonline.us/contoso'],
    ['china', 'https://login.partner.microsoftonline.cn/contoso'],
  ] as const)('signs in where the cloud %s does', (dataverseCloud, tokenAuthority) => {
    expect(connectionOptions({ ...config, dataverseCloud }, user)).toMatchObject({ tokenAuthority });
  });

  it('prefers a token service that was named', () => {
    const named = { ...config, dataverseTokenAuthority: 'https://login.example.com/contoso' };

    expect(connectionOptions(named, user).tokenAuthority).toBe('https://login.example.com/contoso');
  });

  it.each([
    ['a secret', { clientSecret: 's' }, { kind: 'secret', secret: 's' }],
    ['a file with a secret', { clientSecretFile: 'f' }, { kind: 'secretFile', secretFile: 'f' }],
    ['a certificate', { certificateFile: 'c' }, { kind: 'certificate', certificateFile: 'c' }],
    [
      'a certificate with its key in another file',
      { certificateFile: 'c', certificateKeyFile: 'k' },
      { kind: 'certificate', certificateFile: 'c', keyFile: 'k' },
    ],
    ['a workload identity', { federatedTokenFile: 't' }, { kind: 'workloadIdentity', tokenFile: 't' }],
  ])('proves itself by %s', (_, proof, credential) => {
    expect(connectionOptions(config, { ...user, ...proof }).credential).toEqual(credential);
  });

  it('passes on the oldest TLS, the private authority and the share', () => {
    const strict = {
      ...config,
      dataverseTlsMin: '1.3',
      dataverseCaFile: 'ca.pem',
      dataverseShare: 0.2,
    } as const;

    expect(connectionOptions(strict, user)).toMatchObject({
      tlsMinVersion: 'TLSv1.3',
      caFile: 'ca.pem',
      share: 0.2,
    });
  });
});
