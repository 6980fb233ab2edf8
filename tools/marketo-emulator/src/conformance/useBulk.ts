import type { TestClient } from '../testClient.ts';
import type { Send } from './send.ts';

/** Uses every bulk operation; the paths leave /rest/v1. */
export async function useBulk(client: TestClient, send: Send): Promise<void> {
  await useExports(send);
  await useImports(client, send);
}

async function useExports(send: Send): Promise<void> {
  const createdAt = { startAt: '2026-01-01T00:00:00Z', endAt: '2026-01-31T00:00:00Z' };
  const fields = { leads: ['id', 'email'], activities: ['leadId', 'attributes'] };
  for (const [kind, names] of Object.entries(fields)) {
    const path = `../../bulk/v1/${kind}/export`;
    const { exportId } = await send('POST', `${path}/create.json`, { fields: names, filter: { createdAt } });
    const job = `${path}/${String(exportId)}`;
    await send('POST', `${job}/enqueue.json`);
    for (const rest of ['/status', '/file']) await send('GET', `${job}${rest}.json`);
    await send('POST', `${job}/cancel.json`);
    await send('GET', `${path}.json?status=Created,Canceled&batchSize=10`);
  }
}

async function useImports(client: TestClient, send: Send): Promise<void> {
  const form = new FormData();
  form.append('file', new Blob(['email,unsubscribed\nrow@x.co,true\nbad@x.co,perhaps\n']), 'People.csv');
  const { batchId } = await send('POST', '../../bulk/v1/leads.json?format=csv', form);
  const batch = `../../bulk/v1/leads/batch/${String(batchId)}`;
  await send('GET', `${batch}.json`);
  await client.control('POST', 'clock', { advanceMs: 11_000 });
  for (const rest of ['', '/failures', '/warnings']) await send('GET', `${batch}${rest}.json`);
}
