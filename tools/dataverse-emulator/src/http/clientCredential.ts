import { X509Certificate, createPublicKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Application, ApplicationCertificate } from '../core/application.ts';

const algorithms: jwt.Algorithm[] = ['RS256', 'PS256', 'ES256'];
/** Clocks differ, and msal-node rounds the start of its assertions up to the next second. */
const clockSkewSeconds = 300;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Why a credential was refused: the number Entra gives and its text. */
export interface CredentialRefusal {
  readonly number: number;
  readonly text: string;
}

interface Presented {
  readonly form: URLSearchParams;
  /** Address of the token endpoint: what an assertion must be meant for. */
  readonly audiences: readonly [string, ...string[]];
  readonly atMs: number;
  /** Whether assertions of foreign issuers are looked at. */
  readonly takesFederated: boolean;
}

const wrongSecret = {
  number: 7_000_215,
  text: 'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.',
};
const expiredSecret = { number: 7_000_222, text: 'The provided client secret keys are expired.' };
const wrongAssertion = { number: 700_027, text: 'Client assertion failed signature validation.' };
const noFederation = {
  number: 70_021,
  text: 'No matching federated identity record found for presented assertion.',
};
const noCredential = {
  number: 7_000_218,
  text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
};

function refuseSecret(application: Application, given: string, atMs: number): CredentialRefusal | undefined {
  const matching = application.secrets.filter(({ value }) => value === given);
  if (matching.length === 0) return wrongSecret;
  return matching.some(({ startMs, endMs }) => startMs <= atMs && atMs < endMs) ? undefined : expiredSecret;
}

function isSigned(
  assertion: string,
  key: KeyObject,
  expected: { readonly issuer: string; readonly subject: string; readonly audience: [string, ...string[]] },
  atMs: number,
): boolean {
  try {
    jwt.verify(assertion, key, {
      algorithms,
      ...expected,
      clockTimestamp: Math.floor(atMs / 1000),
      clockTolerance: clockSkewSeconds,
    });
    return true;
  } catch {
    return false;
  }
}

function refuseFederated(
  application: Application,
  assertion: string,
  { iss: issuer = '', sub: subject = '' }: jwt.JwtPayload,
  { atMs, takesFederated }: Presented,
): CredentialRefusal | undefined {
  if (!takesFederated) return noFederation;
  const known = application.federated.find((each) => each.issuer === issuer && each.subject === subject);
  if (!known) return noFederation;
  const expected = { issuer, subject, audience: [known.audience] as [string] };
  return isSigned(assertion, known.publicKey, expected, atMs) ? undefined : noFederation;
}

function certificateOf(application: Application, header: object): ApplicationCertificate | undefined {
  const { x5t, 'x5t#S256': sha256 } = header as { x5t?: string; 'x5t#S256'?: string };
  return application.certificates.find((each) =>
    sha256 === undefined ? x5t !== undefined && each.sha1 === x5t : each.sha256 === sha256,
  );
}

function refuseAssertion(
  application: Application,
  assertion: string,
  presented: Presented,
): CredentialRefusal | undefined {
  const decoded = jwt.decode(assertion, { complete: true });
  if (!decoded || typeof decoded.payload === 'string') return wrongAssertion;
  const { clientId } = application;
  if (decoded.payload.iss !== clientId)
    return refuseFederated(application, assertion, decoded.payload, presented);
  const { audiences, atMs } = presented;
  const certificate = certificateOf(application, decoded.header);
  const expected = { issuer: clientId, subject: clientId, audience: [...audiences] as [string, ...string[]] };
  return certificate && isSigned(assertion, certificate.publicKey, expected, atMs)
    ? undefined
    : wrongAssertion;
}

/** Checks secret, certificate or federated assertion; undefined when it is good (facts, section 5). */
export function refuseCredential(
  application: Application,
  presented: Presented,
): CredentialRefusal | undefined {
  const secret = presented.form.get('client_secret');
  if (secret !== null) return refuseSecret(application, secret, presented.atMs);
  const assertion = presented.form.get('client_assertion');
  if (assertion === null || presented.form.get('client_assertion_type') !== assertionType)
    return noCredential;
  return refuseAssertion(application, assertion, presented);
}

function base64url(fingerprint: string): string {
  return Buffer.from(fingerprint.replaceAll(':', ''), 'hex').toString('base64url');
}

/** Reads a certificate, or a public key whose thumbprints are told in hex. Throws when the text is neither. */
export function readCertificate(
  pem: string,
  thumbprint: string | undefined,
): { publicKey: KeyObject; sha1: string | undefined; sha256: string | undefined } {
  if (pem.includes('BEGIN CERTIFICATE')) {
    const certificate = new X509Certificate(pem);
    return {
      publicKey: certificate.publicKey,
      sha1: base64url(certificate.fingerprint),
      sha256: base64url(certificate.fingerprint256),
    };
  }
  const told = thumbprint === undefined ? undefined : base64url(thumbprint);
  const isSha256 = thumbprint !== undefined && thumbprint.replaceAll(':', '').length === 64;
  return {
    publicKey: createPublicKey(pem),
    sha1: isSha256 ? undefined : told,
    sha256: isSha256 ? told : undefined,
  };
}
