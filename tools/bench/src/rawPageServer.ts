import { createServer } from 'node:http';
import { readFileSync, readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Serves the files of a folder from memory and does nothing else: the ceiling of any server of pages. */
const folder = process.env['RAW_PAGES_FOLDER'] ?? '';
const pages = readdirSync(folder)
  .sort()
  .map((name) => readFileSync(join(folder, name)));

const server = createServer((request, response) => {
  const page = pages[Number(request.url?.slice(1)) % pages.length] ?? Buffer.alloc(0);
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-encoding', 'gzip');
  response.setHeader('content-length', page.length);
  response.end(page);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`RAW_PAGES_URL=http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
