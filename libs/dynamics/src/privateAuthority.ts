import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SyncError } from '@lockstep/change-events';

/**
 * PEM text of the authorities in a file, null without one. Throws CONFIG_INVALID when it cannot be read or one of them is damaged:
 * TLS passes over what is no certificate, and then trusts nobody of the file.
 */
export async function readAuthority(caFile: string | undefined): Promise<string | null> {
  if (caFile === undefined) return null;
  const text = await readFile(caFile, 'utf8').catch((cause: unknown) => {
    throw fault(`${caFile} cannot be read.`, cause);
  });
  const certificates = text.split(begin).filter((part) => part.search(begin) === 0);
  if (certificates.length === 0) throw fault(`${caFile} must hold a certificate in PEM form.`);
  certificates.forEach((certificate, index) => {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      throw fault(`${caFile} must hold certificates in PEM form; number ${index + 1} is none.`, cause);
    }
  });

  return text;
}

/** Where a certificate begins. */
const begin = /(?=-----BEGIN [A-Z0-9 ]*CERTIFICATE-----)/;

const fault = (sentence: string, cause?: unknown) =>
  new SyncError('CONFIG_INVALID', { DATAVERSE_CA_FILE: sentence }, { cause });
