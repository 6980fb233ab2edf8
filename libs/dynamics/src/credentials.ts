import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { NodeAuthOptions } from '@azure/msal-node';
import { SyncError } from '@lockstep/change-events';

/** How our application proves who it is (dataverse facts 5). Files are read again when they change. */
export type DynamicsCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'secretFile'; readonly secretFile: string }
  /** PEM files; `keyFile` may be left out when the certificate's file holds the key too. */
  | { readonly kind: 'certificate'; readonly certificateFile: string; readonly keyFile?: string }
  /** A token that the platform keeps renewing, such as a projected service account token of Kubernetes. */
  | { readonly kind: 'workloadIdentity'; readonly tokenFile: string };

export type CredentialProof = Pick<NodeAuthOptions, 'clientSecret' | 'clientCertificate' | 'clientAssertion'>;

/** `identity` tells two states of the files apart without holding more of them than the proof does. */
export type CredentialState = { readonly proof: CredentialProof; readonly identity: string };

/** Throws DYNAMICS_CREDENTIALS when a file cannot be read or does not hold what it should. */
export async function readCredential(credential: DynamicsCredential): Promise<CredentialState> {
  switch (credential.kind) {
    case 'secret':
      return { proof: { clientSecret: credential.secret }, identity: credential.secret };
    case 'secretFile': {
      const secret = (await textOf(credential.secretFile)).trim();
      if (secret === '') throw unusable('secretFile', new Error('empty'));

      return { proof: { clientSecret: secret }, identity: secret };
    }
    case 'certificate':
      return certificateState(credential.certificateFile, credential.keyFile ?? credential.certificateFile);
    case 'workloadIdentity':
      // Read for each token: the platform renews the file before it expires.
      return {
        proof: { clientAssertion: async () => (await textOf(credential.tokenFile)).trim() },
        identity: credential.tokenFile,
      };
  }
}

const certificates = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

async function certificateState(certificateFile: string, keyFile: string): Promise<CredentialState> {
  const text = await textOf(certificateFile);
  const key = keyFile === certificateFile ? text : await textOf(keyFile);
  // Only the certificates: this part is sent.
  const certificate = (text.match(certificates) ?? []).join('\n');
  const privateKey = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?-----END \1-----/.exec(key)?.[0];
  if (privateKey === undefined) throw unusable('keyFile', new Error('no private key in PEM form'));
  const thumbprintSha256 = thumbprintOf(certificate);

  return {
    proof: { clientCertificate: { thumbprintSha256, privateKey, x5c: certificate } },
    identity: `${thumbprintSha256} ${privateKey}`,
  };
}

function thumbprintOf(certificate: string): string {
  try {
    return new X509Certificate(certificate).fingerprint256.replaceAll(':', '');
  } catch (cause) {
    throw unusable('certificateFile', cause);
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw unusable(file, cause);
  }
}

/** The cause is left out: an error of the parser may quote what it could not read. */
function unusable(file: string, cause: unknown): SyncError {
  const code = (cause as { code?: unknown } | null)?.code;

  return new SyncError('DYNAMICS_CREDENTIALS', {
    file,
    reason: typeof code === 'string' ? code : 'unusable',
  });
}
