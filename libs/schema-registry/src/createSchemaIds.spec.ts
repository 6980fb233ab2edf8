import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSchemaIds } from './createSchemaIds.ts';

async function withServer(
  status: number,
  use: (url: string) => Promise<void>,
  body: string | Buffer = '{}',
): Promise<void> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a registry in trouble', () => {
  it.each([500, 503, 401, 429])('is unreachable when it answers %i', async (status) => {
    await withServer(status, async (url) => {
      await expect(createSchemaIds({ url, autoRegister: true }).idOf('s', 'string')).rejects.toMatchObject({
        code: 'REGISTRY_UNREACHABLE',
        details: { status },
      });
    });
  });

  it('is unreachable when its answer is larger than any schema', async () => {
    const schema = JSON.stringify({ schema: `"string"${' '.repeat(16 * 1024 * 1024)}` });
    const read = async (url: string) => createSchemaIds({ url, autoRegister: false }).schemaOf(1);

    await withServer(
      200,
      (url) => expect(read(url)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' }),
      schema,
    );
  });

  it('is unreachable when nobody listens', async () => {
    const ids = createSchemaIds({ url: 'http://127.0.0.1:9', autoRegister: false });

    await expect(ids.schemaOf(1)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  });
});
