import { setTimeout as sleep } from 'node:timers/promises';
import { dynamicsTables, topics, type ChangeEvent } from '@lockstep/change-events';
import { request } from 'undici';
import { createVisitTable } from './customTable.ts';
import { runConsole, type Ran } from './lockstepServices.ts';
import { readTopics } from './readTopics.ts';
import { registerHint } from './registerHint.ts';
import type { ServiceProcess } from './serviceProcess.ts';
import { startExtraction, type Extraction } from './startExtraction.ts';

const tables = [...dynamicsTables, 'new_visit'];
const hintKey = 'a-key-that-only-we-know';
const testTimeoutMs = 180_000;
const untilMs = 60_000;
/** So many that their page is a large one. */
const accounts = 1_000;
/** So long that whoever reacts within seconds was woken. */
const idleMs = 30_000;

let extraction: Extraction;
let extractor: ServiceProcess;

/** The command line as an operator runs it. */
function lockstep(...words: string[]): Promise<Ran> {
  const { kafkaBrokers, schemaRegistryUrl, topicPrefix } = extraction;

  return runConsole(words, {
    KAFKA_BROKERS: kafkaBrokers,
    SCHEMA_REGISTRY_URL: schemaRegistryUrl,
    TOPIC_PREFIX: topicPrefix,
    DYNAMICS_TABLES: tables.join(','),
  });
}

async function eventsOf(table: string): Promise<readonly ChangeEvent[]> {
  const names = [topics.dynamicsChanges(table)];
  const messages = await readTopics({ ...extraction, names });
  return messages.flatMap(({ value }) => (value === null ? [] : [value as ChangeEvent]));
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (const startedAtMs = performance.now(); !(await isTrue()); await sleep(300))
    if (performance.now() - startedAtMs > untilMs)
      throw new Error(`waited in vain\n${await extraction.services.lastLines()}`);
}

const titles = async (id: string): Promise<unknown[]> =>
  (await eventsOf('lead'))
    .filter(({ recordId }) => recordId === id)
    .map(({ fields }) => fields?.['jobtitle']);

async function metric(line: string): Promise<boolean> {
  return (await (await request(`${extractor.url}/metrics`)).body.text()).includes(line);
}

async function knock(): Promise<number> {
  const url = `${extractor.url}/hints/dynamics?code=${hintKey}`;
  const headers = { 'x-ms-dynamics-entity-name': 'lead' };
  const { statusCode, body } = await request(url, { method: 'POST', headers });
  await body.dump();
  return statusCode;
}

beforeAll(async () => {
  extraction = await startExtraction({
    DYNAMICS_TABLES: tables.join(','),
    HINT_KEY: hintKey,
    POLL_INTERVAL_MIN_MS: String(idleMs),
    POLL_INTERVAL_MAX_MS: String(idleMs),
  });
  const { dynamics, services } = extraction;
  await createVisitTable(dynamics);
  for (const table of ['lead', 'contact', 'opportunity', 'campaign', 'new_visit'])
    await dynamics.control.post('generate', { table, count: 3 });
  await dynamics.control.post('generate', { table: 'account', count: accounts });
  expect((await lockstep('topics', 'plan', '--only', 'extractor')).code).toBe(1);
  expect((await lockstep('topics', 'apply', '--only', 'extractor')).code).toBe(0);
  extractor = await services.start('extractor');
  await services.untilReady([extractor]);
}, testTimeoutMs);

afterAll(() => extraction.close());

it(
  'publishes every table of the configuration, a custom one among them, without Marketo or MongoDB',
  async () => {
    await until(async () => {
      const { output } = await lockstep('status', '--json');
      const known = JSON.parse(output) as {
        tables: { target: string; phase: string }[];
        requests: unknown[];
      };
      const isFollowed = (table: string) =>
        known.tables.some(({ target, phase }) => target === `dynamics/${table}` && phase === 'STREAMING');
      return tables.every(isFollowed) && known.requests.length === 1;
    });

    expect((await eventsOf('new_visit')).map(({ operation }) => operation)).toEqual(
      Array(3).fill('SNAPSHOT'),
    );
    expect((await eventsOf('new_visit'))[0]?.fields).toHaveProperty('new_name');
    for (const table of ['lead', 'contact', 'opportunity', 'campaign'])
      expect(await eventsOf(table)).toHaveLength(3);
    expect(await eventsOf('account')).toHaveLength(accounts);
    expect(await metric('large_pages_total{table="account",way="packed"')).toBe(true);
    expect((await eventsOf('systemuser')).length).toBeGreaterThan(0);
  },
  testTimeoutMs,
);

it(
  'says before a start what it would read, and what an administrator has to mend',
  async () => {
    const check = () => extraction.services.run('extractor', ['check'], { DYNAMICS_TABLES: 'lead,contact' });
    expect(await check()).toEqual({
      code: 0,
      output: expect.stringMatching(
        /^dynamics\/lead {2}ok: \d+ columns, 3 rows.*\ndynamics\/contact {2}ok: .*\nkafka {2}ok: /,
      ),
    });

    await extraction.dynamics.control.post('settings', { missingPrivileges: ['prvReadContact'] });
    const { code, output } = await check();
    await extraction.dynamics.control.post('settings', { missingPrivileges: [] });

    expect(code).toBe(1);
    expect(output).toMatch(/contact {2}DYNAMICS_FORBIDDEN: .*privilege=prvReadContact/i);
    expect(output).toMatch(/lead {2}ok/);
    expect(await extraction.services.run('extractor', ['chekc'])).toMatchObject({
      code: 2,
      output: expect.stringContaining('chekc is no command; there are check and register.'),
    });
  },
  testTimeoutMs,
);

it(
  'is woken by the webhook that the Web API registered for its hint',
  async () => {
    const url = `${extractor.url}/hints/dynamics`;
    await registerHint(extraction.dynamics, { url, key: hintKey, tables: ['contact'] });
    const [contact] = await extraction.dynamics.rows('contact');
    const editedAtMs = performance.now();
    await extraction.dynamics.editRow('contact', String(contact?.['contactid']), { jobtitle: 'Knocked' });
    await until(async () =>
      (await eventsOf('contact')).some(({ fields }) => fields?.['jobtitle'] === 'Knocked'),
    );

    expect(performance.now() - editedAtMs).toBeLessThan(idleMs / 2);
    expect(await metric('hints_total{table="contact",result="woken"')).toBe(true);
  },
  testTimeoutMs,
);

it(
  'is woken by a hint, obeys commands once and answers them, and stops in good order',
  async () => {
    const [lead] = await extraction.dynamics.rows('lead');
    const id = String(lead?.['leadid']);
    await extraction.dynamics.editRow('lead', id, { jobtitle: 'Hinted' });
    const hintedAtMs = performance.now();
    expect(await knock()).toBe(202);
    await until(async () => (await titles(id)).includes('Hinted'));
    expect(performance.now() - hintedAtMs).toBeLessThan(idleMs / 2);
    expect(await metric('hints_total{table="lead",result="woken"')).toBe(true);

    expect(await lockstep('pause', 'dynamics/lead', '--wait')).toMatchObject({
      code: 0,
      output: expect.stringContaining('CONTROL_DONE'),
    });
    expect(await lockstep('pause', 'dynamics/lead', '--wait')).toMatchObject({
      code: 1,
      output: expect.stringContaining('ALREADY_PAUSED'),
    });
    await extraction.dynamics.editRow('lead', id, { jobtitle: 'Paused' });
    await knock();
    await sleep(2_000);
    expect(await titles(id)).not.toContain('Paused');
    expect((await lockstep('status')).output).toContain('paused since');

    expect((await lockstep('resume', 'dynamics/lead', '--wait')).code).toBe(0);
    await until(async () => (await titles(id)).includes('Paused'));
    expect((await lockstep('resnapshot', 'dynamics/account', '--wait')).code).toBe(0);
    await until(async () => (await eventsOf('account')).length === 2 * accounts);
    expect(await lockstep('pause', 'dynamics/misspelt')).toMatchObject({ code: 2 });

    await extractor.stop();
    expect(extractor.exitCode()).toBe(0);
    const { output } = await lockstep('notices');
    expect(output.match(/CONTROL_(DONE|REFUSED)/g)).toHaveLength(4);
  },
  testTimeoutMs,
);
