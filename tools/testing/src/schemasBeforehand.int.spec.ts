import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceNames } from './bundleServices.ts';
import { differencesBetween } from './differencesBetween.ts';
import { createServices, runConsole, startAll, type LockstepServices } from './lockstepServices.ts';
import { closeInReverse, type Closers } from './openBacking.ts';
import { openSystems, type Systems } from './openSystems.ts';

const timeoutMs = 240_000;
const closers: Closers = [];
let systems: Systems;
let services: LockstepServices;

/** Topics under a prefix of which the registry knows nothing. */
beforeAll(async () => {
  systems = await openSystems(closers);
  const settings = {
    ...systems.settings,
    ...{ WRITE_TO_DYNAMICS: 'on', WRITE_TO_MARKETO: 'on', MATCH_BY_EMAIL: 'true' },
    DYNAMICS_TABLES: 'lead,contact,account',
    TOPIC_PREFIX: `test-${randomUUID().slice(0, 8)}`,
    SCHEMA_AUTO_REGISTER: 'false',
  };
  expect((await runConsole(['topics', 'apply'], settings)).code).toBe(0);
  services = await createServices(settings);
  closers.push(() => services.close());
}, timeoutMs);
afterAll(() => closeInReverse(closers));

const runAll = (word: string) => Promise.all(serviceNames.map((name) => services.run(name, [word])));

async function untilInSync(): Promise<void> {
  for (const startedAtMs = performance.now(); ; await sleep(300)) {
    await services.assertRunning();
    const differences = await differencesBetween({ ...systems, matchByEmail: true });
    if (differences.length === 0) return;
    if (performance.now() - startedAtMs > 60_000)
      throw new Error(`${differences.join('\n')}\n${await services.lastLines()}`);
  }
}

it(
  'registers the schemas of each service as a step of its own, after which services that may not register any work in both directions',
  async () => {
    const before = await runAll('check');
    expect(before.map(({ code }) => code)).toEqual([1, 1, 1]);
    for (const { output } of before)
      expect(output).toMatch(/registry {2}SCHEMA_MISSING: .*dead-letters-value/);

    const registered = await runAll('register');
    expect(registered.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(registered.map(({ output }) => output).join('')).toMatch(
      /registry {2}ok: .*lockstep\.inbox-value has the id \d+\n/,
    );
    for (const { output } of await runAll('check')) expect(output).toContain('ok: every schema is there');

    const { dynamics, marketo } = systems;
    await startAll(services);
    await dynamics.createRows('lead', [{ firstname: 'Ada', lastname: 'Byron', emailaddress1: 'ada@a.test' }]);
    await marketo.createPersons([{ firstName: 'Bo', lastName: 'Ek', email: 'bo@b.test', crmTopic: 'x' }]);
    await untilInSync();
  },
  timeoutMs,
);
