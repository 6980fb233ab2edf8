import { SyncError } from '@lockstep/change-events';
import { createHealthApp, startHealthServer } from './healthServer.ts';
import { createMetrics } from './metrics.ts';
import { createReadiness, reasonOf } from './readiness.ts';

async function startServer(startingComponents: string[] = []) {
  const readiness = createReadiness(startingComponents);
  const metrics = createMetrics('extractor');
  const options = { host: '127.0.0.1', checks: readiness.reasons, registry: metrics.registry };
  const server = await startHealthServer({ ...options, port: 0 });

  return { readiness, metrics, options, server, base: `http://127.0.0.1:${server.port}` };
}

describe('startHealthServer', () => {
  it('is live although it is not ready, and says in words why it is not', async () => {
    const { readiness, server, base } = await startServer();
    readiness.set('kafka', reasonOf(new SyncError('KAFKA_UNREACHABLE', { broker: 'k:9092' })));
    readiness.set('standby', 'another process holds the lease extractor');
    const ready = await fetch(`${base}/health/ready`);
    const live = await fetch(`${base}/health/live`);

    expect(live.status).toBe(200);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({
      status: 'not ready',
      reasons: [
        'kafka: KAFKA_UNREACHABLE The broker does not answer; nothing is lost, work resumes when it does.',
        'standby: another process holds the lease extractor',
      ],
    });
    await server.close();
  });

  it('is ready once every reason is taken away', async () => {
    const { readiness, server, base } = await startServer(['pages']);
    const before = await fetch(`${base}/health/ready`);
    readiness.set('pages', null);
    const after = await fetch(`${base}/health/ready`);

    expect(await before.json()).toMatchObject({ reasons: ['pages: is starting'] });
    expect([before.status, after.status, await after.json()]).toEqual([503, 200, { status: 'ready' }]);
    await server.close();
  });

  it('serves the metrics in the format of Prometheus', async () => {
    const { metrics, server, base } = await startServer();
    metrics.conflicts.inc({ rule: 'newest' });
    const page = await fetch(`${base}/metrics`);

    expect(page.headers.get('content-type')).toContain('text/plain');
    expect(await page.text()).toContain('conflicts_total{rule="newest",service="extractor"} 1');
    await server.close();
  });

  it('names the setting when the port is taken', async () => {
    const { server, options } = await startServer();
    const second = startHealthServer({ ...options, port: server.port });

    await expect(second).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { HTTP_PORT: `${server.port} is in use by another process.` },
    });
    await server.close();
  });

  it('closes although a client keeps its connection open', async () => {
    const { server, base } = await startServer();
    await (await fetch(`${base}/health/live`)).text();
    await server.close();

    await expect(fetch(`${base}/health/live`)).rejects.toThrow();
  });

  it.each([
    ['is not there', 'GET', '/v1/status', undefined],
    ['takes another method', 'PUT', '/health/live', undefined],
    ['cannot be decoded', 'GET', '/%zz', undefined],
    ['gets a body that is none', 'POST', '/nowhere', '{'],
    ['gets a body that is too large', 'POST', '/nowhere', 'x'.repeat(2_000_000)],
  ])('answers in the form of the error table when an address %s', async (_, method, path, body) => {
    const { server, base } = await startServer();
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${base}${path}`, { method, headers, ...(body !== undefined && { body }) });

    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      code: 'ADDRESS_UNKNOWN',
      sentence: 'This service has no such address, or lacks the setting that opens it.',
      detail: null,
    });
    await server.close();
  });

  it('hangs up on whoever takes more than a minute to say what is wanted', () => {
    const { registry } = createMetrics('extractor');

    expect(createHealthApp({ checks: () => [], registry }).server.requestTimeout).toBe(60_000);
  });

  it('shows an unknown failure as INTERNAL, without its message', () => {
    expect(reasonOf(new Error('ann@example.org'))).toMatch(/^INTERNAL A state that must not occur/);
  });
});
