import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from './bundleServices.ts';
import { judgeOnceCaughtUp } from './judgeHistory.ts';
import { makeRows, toSeed } from './seedPeople.ts';
import type { ServiceProcess } from './serviceProcess.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const takeoverMsMax = 15_000;
const catchUpMs = 30_000;
const testTimeoutMs = 120_000;
const leads = makeRows('lead', 20);
const toName = (number: number): string => leads[number % leads.length]?.id ?? '';

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({ seed: { leads: toSeed(leads) } });
}, testTimeoutMs);

afterAll(() => lockstep.close());

async function startStandby(name: ServiceName): Promise<ServiceProcess> {
  const standby = await lockstep.services.start(name, `${name}-standby`);
  for (let waitedMs = 0; waitedMs < takeoverMsMax; waitedMs += 100) {
    if ((await standby.whyNotReady())?.includes('standby')) return standby;
    await sleep(100);
  }
  throw new Error(`the second ${name} is no standby: ${String(await standby.whyNotReady())}`);
}

it.each(['extractor', 'marketing'] as const)(
  'hands the work of a killed %s to its standby within 15 s and writes nothing twice',
  async (name) => {
    await lockstep.waitUntilInSync();
    const standby = await startStandby(name);
    await lockstep.dynamics.editRow('lead', toName(1), { jobtitle: `Before ${name}` });
    const killedAtMs = performance.now();
    await lockstep.processes[name].kill();
    await lockstep.dynamics.editRow('lead', toName(2), { jobtitle: `After ${name}` });
    await lockstep.services.untilReady([standby], takeoverMsMax + 5_000);
    const takeoverMs = performance.now() - killedAtMs;
    await lockstep.waitUntilInSync();

    expect(takeoverMs).toBeLessThan(takeoverMsMax);
    const { findings } = await judgeOnceCaughtUp(lockstep, catchUpMs);
    expect(findings).toEqual([]);
    expect(await lockstep.marketo.personOfRow(toName(2))).toMatchObject({ title: `After ${name}` });
  },
  testTimeoutMs,
);
