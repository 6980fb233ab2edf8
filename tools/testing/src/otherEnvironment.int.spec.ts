import type { Values } from './controlApi.ts';
import { dynamicsSettings, startEmulatedDynamics, type EmulatedDynamics } from './emulatedDynamics.ts';
import { askOperator, operatorToken, untilHolds } from './operatorClient.ts';
import type { ServiceProcess } from './serviceProcess.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 120_000;
const people = 8;
const names = Array.from({ length: people }, (_, number) => `Person ${number}`);
/** Ids are given by the environment. */
const leads = names.map((lastname, number) => ({ lastname, emailaddress1: `person-${number}@example.org` }));
const settings = { API_TOKEN: operatorToken };

let lockstep: Lockstep;
let other: EmulatedDynamics;

beforeAll(async () => {
  lockstep = await startLockstep({ seed: { leads }, settings });
  other = await startEmulatedDynamics();
}, timeoutMs);
afterAll(async () => {
  await lockstep.close();
  await other.close();
});

type Rehearsal = {
  readonly isFinal: boolean;
  readonly counts: {
    readonly records: { readonly linked: number };
    readonly sides: { readonly marketo: Readonly<Record<string, Values>> };
  };
};

/** Withholds writes to both sides, or lets them flow. */
async function direct(reconciler: ServiceProcess, action: 'pause' | 'resume'): Promise<void> {
  for (const target of ['reconciler/to-marketo', 'reconciler/to-dynamics'])
    await askOperator(reconciler, '/v1/control', { action, target, actor: 'ann' });
}

/** The services that speak to Dynamics, started again for the other environment, of which the reconciler waits for the extractor. Resolves with the reconciler. */
async function repoint(): Promise<ServiceProcess> {
  const { processes, services } = lockstep;
  await Promise.all([processes.extractor.stop(), processes.reconciler.stop()]);
  const reconciler = await services.start('reconciler', 'reconciler-2', dynamicsSettings(other));
  await untilHolds(
    () => reconciler.whyNotReady(),
    (reason) => reason?.includes('DYNAMICS_DIFFERS') ?? false,
    timeoutMs,
  );
  const extractor = await services.start('extractor', 'extractor-2', dynamicsSettings(other));
  await services.untilReady([reconciler, extractor]);

  return reconciler;
}

it(
  'keeps its persons when Lockstep is pointed at another environment that has the same people under other ids',
  async () => {
    const { marketo } = lockstep;
    await lockstep.waitUntilInSync({ timeoutMs });
    const before = (await marketo.persons()).map(({ id, lastName }) => [id, lastName]);
    const rows = await other.createRows('lead', leads);

    await direct(lockstep.processes.reconciler, 'pause');
    const reconciler = await repoint();
    const rematch = (dryRun: boolean) =>
      askOperator(reconciler, '/v1/reviews/rematch', {
        ...{ dryRun, actor: 'ann', until: new Date().toISOString() },
      });
    await untilHolds(
      () => rematch(true),
      ({ matched }) => matched === people,
      timeoutMs,
    );
    expect(await rematch(false)).toEqual({
      waiting: people,
      matched: people,
      unclear: 0,
      taken: 0,
      next: null,
    });

    const { counts } = await untilHolds(
      () => askOperator<Rehearsal>(reconciler, '/v1/rehearsal'),
      (rehearsal) => rehearsal.isFinal && rehearsal.counts.records.linked === people,
      timeoutMs,
    );
    expect(counts.sides.marketo).toMatchObject({ creates: {}, updates: { person: people } });
    await direct(reconciler, 'resume');
    const crmIds = async () => (await marketo.persons()).map((person) => String(person['crmId'])).sort();
    await untilHolds(crmIds, (ids) => ids.join() === [...rows].sort().join(), timeoutMs);
    expect((await marketo.persons()).map(({ id, lastName }) => [id, lastName])).toEqual(before);
    const [row = ''] = rows;
    await other.editRow('lead', row, { jobtitle: 'Pilot' });
    const person = await untilHolds(
      () => marketo.personOfRow(row),
      ({ title }) => title === 'Pilot',
      timeoutMs,
    );
    await marketo.editPerson(Number(person.id), { city: 'Lyon' });
    await untilHolds(
      () => other.row('lead', row),
      (columns) => columns['address1_city'] === 'Lyon',
      timeoutMs,
    );
  },
  4 * timeoutMs,
);
