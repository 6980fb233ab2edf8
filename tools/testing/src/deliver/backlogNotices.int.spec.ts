import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { topics, type Notice, type WriteCommand } from '@lockstep/change-events';
import { openEventLog } from '../openEventLog.ts';
import { readTopics } from '../readTopics.ts';
import { startNoticing, type Noticing } from '../startNoticing.ts';

const timeoutMs = 60_000;
const people = 400;

let setting: Noticing;
beforeAll(async () => {
  setting = await startNoticing({ MARKETO_SHARE: '1' });
}, timeoutMs);
afterAll(() => setting.close());

/** Commands of a first load, which wait before the service is there. */
async function commandBackfill(): Promise<void> {
  const publisher = await openEventLog(setting, 'owner').openPublisher('owner');
  await publisher.publish(
    Array.from({ length: people }, (_, n): { topic: string; key: string; value: WriteCommand } => {
      const goldenId = randomUUID();
      const value: WriteCommand = {
        ...{ commandId: `${goldenId}/1`, goldenId, revision: { epoch: 1, number: 1 }, operation: 'CREATE' },
        ...{ personId: null, email: null, matchByEmail: false, fields: { lastName: `Example ${n}` } },
        ...{ lane: 'BACKFILL', issuedAt: new Date().toISOString() },
      };

      return { topic: topics.writesBackfill, key: goldenId, value };
    }),
  );
  await publisher.close();
}

/** The notices once one has this code. */
async function untilTold(code: string): Promise<readonly Notice[]> {
  for (let waitedMs = 0; ; waitedMs += 1_000) {
    const messages = await readTopics({ ...setting, names: [topics.notices] });
    const notices = messages.map(({ value }) => value as Notice);
    if (notices.some((notice) => notice.code === code)) return notices;
    if (waitedMs > timeoutMs) throw new Error(`no ${code}: ${await setting.services.lastLines()}`);
    await sleep(1_000);
  }
}

it(
  'tells how far a first load of more than one call is, and when all of it is delivered',
  async () => {
    await commandBackfill();
    const service = await setting.services.start('marketing');

    const notices = await untilTold('DELIVERY_COMPLETED');

    const told = notices.filter(({ entity }) => entity === 'marketo/backlog');
    expect([...new Set(told.map(({ code }) => code))]).toEqual(['DELIVERY_PROGRESS', 'DELIVERY_COMPLETED']);
    expect(told[0]?.counts?.['left']).toBeGreaterThanOrEqual(people);
    expect(told.at(-1)?.counts).toMatchObject({ left: 0, answered: people });
    expect(await setting.marketo.persons()).toHaveLength(people);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/^marketo_backlog_commands\{[^}]*\} 0$/m);
  },
  3 * timeoutMs,
);
