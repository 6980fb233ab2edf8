import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMongoStores } from './openMongoStores.ts';

const open = (url: string) => openMongoStores({ url, database: 'lockstep', operationTimeoutMs: 1_000 });

// The driver passes these on as they are: they were taken for states that must not occur, and were to be reported.
describe('an address that cannot be used', () => {
  it('tells of a file of its TLS options that is not there', async () => {
    await expect(
      open('mongodb://u:secret@127.0.0.1:1/?tls=true&tlsCAFile=/nowhere/ca.pem'),
    ).rejects.toMatchObject({
      code: 'MONGODB_REFUSED',
      details: { operation: 'connect', reason: 'ENOENT', file: '/nowhere/ca.pem' },
    });
  });

  it('tells of one that is a folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ca-'));

    await expect(open(`mongodb://127.0.0.1:1/?tls=true&tlsCAFile=${folder}`)).rejects.toMatchObject({
      code: 'MONGODB_REFUSED',
      details: { reason: 'EISDIR' },
    });
    await rm(folder, { recursive: true });
  });

  it('tells why its server cannot be reached', async () => {
    await expect(open('mongodb://127.0.0.1:1/')).rejects.toMatchObject({
      code: 'MONGODB_UNREACHABLE',
      details: { reason: 'ECONNREFUSED' },
    });
  }, 20_000);
});
