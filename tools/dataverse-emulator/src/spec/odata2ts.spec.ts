import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { startClient, type OrganizationClient } from './organizationClient.ts';

const testTimeoutMs = 120_000;

let client: OrganizationClient;
let folder: string;
beforeAll(async () => {
  client = await startClient();
  folder = await mkdtemp(join(tmpdir(), 'odata2ts-'));
});
afterAll(async () => {
  await client.close();
  await rm(folder, { recursive: true });
});

/** The file that the generator of npm makes, unmodified, of a metadata document. */
async function generated(metadata: string): Promise<string> {
  await writeFile(join(folder, 'metadata.xml'), metadata);
  await writeFile(join(folder, 'tsconfig.json'), '{}');
  const words = ['--source', 'metadata.xml', '--output', 'out', '--mode', 'models', '--emit-mode', 'ts'];
  const cli = require.resolve('@odata2ts/odata2ts/lib/run-cli.js');
  await promisify(execFile)(process.execPath, [cli, ...words], { cwd: folder });

  return join(folder, 'out', 'MicrosoftDynamicsCrmModel.ts');
}

describe('odata2ts', () => {
  it(
    'makes types of the CSDL document that compile strictly',
    async () => {
      const file = await generated((await client.call('$metadata')).text);
      const program = ts.createProgram([file], { strict: true, noEmit: true, types: [] });
      const faults = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText);

      expect(faults).toEqual([]);
      expect(await readFile(file, 'utf8')).toMatch(
        /export interface lead extends crmbaseentity \{[\s\S]*?\blastname: string \| null;/,
      );
    },
    testTimeoutMs,
  );
});
