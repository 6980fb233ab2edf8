import { createServices, type LockstepServices } from './lockstepServices.ts';
import { closeInReverse, type Closers } from './openBacking.ts';
import { openSystems, type Systems } from './openSystems.ts';

const timeoutMs = 240_000;
const closers: Closers = [];
let systems: Systems;
let services: LockstepServices;

beforeAll(async () => {
  systems = await openSystems(closers);
  services = await createServices({ ...systems.settings, DYNAMICS_TABLES: 'lead,contact' });
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

    await systems.dynamics.control.post('settings', { missingPrivileges: ['prvWriteContact'] });
    await systems.marketo.control.delete('fields/crmTopic');
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
