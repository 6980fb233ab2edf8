import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openSchemaIds } from './openSchemaIds.ts';
import { checkRegistry } from './registerSchemas.ts';

/** A registry that answers whoever signs in as ann, and nobody else. */
const server = createServer((request, response) => {
  const isKnown = request.headers.authorization === `Basic ${Buffer.from('ann:secret').toString('base64')}`;
  response.writeHead(isKnown ? 200 : 401).end(JSON.stringify({ schema: '"string"' }));
});
let url = '';
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

type User = { readonly schemaRegistryUsername?: string; readonly schemaRegistryPassword?: string };

const ann: User = { schemaRegistryUsername: 'ann', schemaRegistryPassword: 'secret' };
const configOf = (user: User) => ({
  ...{ schemaRegistryUrl: url, topicPrefix: '', schemaAutoRegister: true },
  ...user,
});
const none = () => Promise.resolve([]);

describe('a registry that asks who calls', () => {
  it('hears the user name and the password of the settings', async () => {
    expect(await openSchemaIds(configOf(ann)).schemaOf(1)).toBe('string');
    expect(await checkRegistry(configOf(ann), none)).toMatchObject({ isWell: true });
  });

  it.each([{}, { ...ann, schemaRegistryPassword: 'wrong' }])(
    'is unreachable to anybody else: %j',
    async (user) => {
      const refused = { code: 'REGISTRY_UNREACHABLE', details: { status: 401 } };

      await expect(openSchemaIds(configOf(user)).schemaOf(1)).rejects.toMatchObject(refused);
      await expect(checkRegistry(configOf(user), none)).rejects.toMatchObject(refused);
    },
  );
});
