import { generateKeyPairSync, sign } from 'node:crypto';
import { isIP } from 'node:net';
import forge from 'node-forge';

/** PEM texts: the authority to trust, and what the token server presents. */
export interface Certificates {
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

interface KeyPair {
  readonly privatePem: string;
  readonly publicPem: string;
}

const dayMs = 86_400_000;
const validityDays = 825;

// Making RSA keys is slow, so a process that starts many emulators makes them once.
let keyPairs: { readonly authority: KeyPair; readonly server: KeyPair } | undefined;

function newKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { privatePem: privateKey, publicPem: publicKey };
}

function alternativeName(name: string): { type: number; value?: string; ip?: string } {
  return isIP(name) ? { type: 7, ip: name } : { type: 2, value: name };
}

function certificate(
  subject: string,
  keys: KeyPair,
  serialNumber: string,
  nowMs: number,
): forge.pki.Certificate {
  const made = forge.pki.createCertificate();
  made.publicKey = forge.pki.publicKeyFromPem(keys.publicPem);
  made.serialNumber = serialNumber;
  made.validity.notBefore = new Date(nowMs - dayMs);
  made.validity.notAfter = new Date(nowMs + validityDays * dayMs);
  made.setSubject([{ name: 'commonName', value: subject }]);
  made.setIssuer([{ name: 'commonName', value: 'Dataverse emulator CA' }]);
  return made;
}

/** Signed by node: node-forge alone takes seconds for it where there is a global `navigator`, as from Node 21 on in jest. */
function signAs(authority: KeyPair, made: forge.pki.Certificate): void {
  const byNode = {
    ...forge.pki.privateKeyFromPem(authority.privatePem),
    sign: () => {
      const content = Buffer.from(forge.asn1.toDer(made.tbsCertificate).getBytes(), 'latin1');
      return sign('sha256', content, authority.privatePem).toString('latin1');
    },
  };
  made.sign(byNode, forge.md.sha256.create());
}

/** Makes a fresh authority and a server certificate for these names. `nowMs` is real time, for the validity. */
export function makeCertificates(names: readonly string[], nowMs: number): Certificates {
  keyPairs ??= { authority: newKeyPair(), server: newKeyPair() };
  const { authority, server } = keyPairs;
  const serial = nowMs.toString(16).padStart(14, '0');
  const root = certificate('Dataverse emulator CA', authority, `01${serial}`, nowMs);
  root.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  signAs(authority, root);
  const leaf = certificate('Dataverse emulator token endpoint', server, `02${serial}`, nowMs);
  leaf.setExtensions([
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: [...new Set(names)].map(alternativeName) },
  ]);
  signAs(authority, leaf);
  return {
    caPem: forge.pki.certificateToPem(root),
    certificatePem: forge.pki.certificateToPem(leaf),
    keyPem: server.privatePem,
  };
}
