import { toEnvironment } from '@lockstep/local-stack';
import { dynamicsSettings, startEmulatedDynamics, type EmulatedDynamics } from './emulatedDynamics.ts';
import { marketoSettings, startEmulatedMarketo, type EmulatedMarketo } from './emulatedMarketo.ts';
import { createServices, type LockstepServices } from './lockstepServices.ts';
import { closeInReverse, openBacking, type Closers } from './openBacking.ts';

const timeoutMs = 240_000;
const closers: Closers = [];
let dynamics: EmulatedDynamics;
let marketo: EmulatedMarketo;
let services: LockstepServices;

beforeAll(async () => {
  const backing = await openBacking(closers);
  dynamics = await startEmulatedDynamics();
  closers.push(() => dynamics.close());
  marketo = await startEmulatedMarketo();
  closers.push(() => marketo.close());
  services = await createServices({
    ...toEnvironment(backing),
    ...dynamicsSettings(dynamics),
    ...marketoSettings(marketo),
    ...{ TOPIC_PREFIX: backing.topicPrefix, MONGODB_DATABASE: backing.topicPrefix },
    DYNAMICS_TABLES: 'lead,contact',
  });
  closers.push(() => services.close());
}, timeoutMs);
afterAll(() => closeInReverse(closers));

it(
  'says of each service before its first start that it may work, and what an administrator has to mend',
  async () => {
    const [reconciler, marketing] = [
      await services.run('reconciler', ['check']),
      await services.run('marketing', ['check']),
    ];
    expect(reconciler).toEqual({
      code: 0,
      output: expect.stringMatching(/^dynamics {2}ok: lead, contact may be written\n/),
    });
    // A name of Dynamics is shorter than one of Marketo.
    expect(reconciler.output).toContain('lead.firstname holds 50 characters, firstName in Marketo 255');
    expect(reconciler.output).toMatch(/kafka {2}ok.*\nregistry {2}ok.*\nmongodb {2}ok/);
    expect(marketing).toEqual({
      code: 0,
      output: expect.stringMatching(
        /^marketo {2}calls of today: \d+ of \d+\nkafka {2}ok.*\nregistry {2}ok.*\nmongodb {2}ok/,
      ),
    });

    await dynamics.control.post('settings', { missingPrivileges: ['prvWriteContact'] });
    await marketo.control.delete('fields/crmTopic');
    const lacking = [
      await services.run('reconciler', ['check'], { TOPIC_PREFIX: 'nobody' }),
      await services.run('marketing', ['check'], { LOG_LEVLE: 'debug' }),
    ];
    expect(lacking.map(({ code }) => code)).toEqual([1, 1]);
    expect(lacking[0]?.output).toContain('dynamics  DYNAMICS_FORBIDDEN contact: prvWriteContact is missing');
    expect(lacking[0]?.output).toMatch(/kafka {2}TOPIC_MISSING/);
    expect(lacking[1]?.output).toMatch(/^settings {2}note: LOG_LEVLE is no setting; is it LOG_LEVEL\?\n/);
    expect(lacking[1]?.output).toContain('marketo  MARKETO_FIELD_UNKNOWN field/crmTopic: missing');
  },
  timeoutMs,
);
