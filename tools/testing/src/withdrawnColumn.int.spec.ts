import { setTimeout as sleep } from 'node:timers/promises';
import { topics, type ChangeEvent, type GoldenEvent, type Notice } from '@lockstep/change-events';
import { readTopics } from './readTopics.ts';
import { makeRows, toSeed } from './seedPeople.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 180_000;
const leads = makeRows('lead', 12).map((row, number) => ({ ...row, jobtitle: `Title ${number}` }));

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({
    seed: { leads: toSeed(leads) },
    // A permission that is given back is noticed at the next look at the metadata.
    settings: { METADATA_INTERVAL_MS: '2000' },
  });
}, timeoutMs);

afterAll(() => lockstep.close());

async function read<Value>(name: string): Promise<readonly Value[]> {
  const messages = await readTopics({ ...lockstep, names: [name] });
  return messages.flatMap(({ value }) => (value === null ? [] : [value as Value]));
}

async function untilSeen<Value>(name: string, isIt: (value: Value) => boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 500) {
    if ((await read<Value>(name)).some(isIt)) return;
    await sleep(500);
  }
  throw new Error(`nothing of that kind on ${name}`);
}

const versionOf = ({ version }: ChangeEvent): number => version?.number ?? 0;
const isJobTitle = (column: string): boolean => column === 'jobtitle';

const setColumnSecurity = (canRead: boolean): Promise<unknown> =>
  lockstep.dynamics.control.post('columnSecurity', {
    table: 'lead',
    column: 'jobtitle',
    secured: true,
    canRead,
    canCreate: canRead,
    canUpdate: canRead,
  });

/**
 * Column security answers null for what may no longer be read (dataverse facts 2). Taken for a value, that null would clear the
 * column of every lead that is edited, in MongoDB and in Marketo.
 */
it(
  'blanks nothing anywhere when the permission to read a column is withdrawn, and goes on when it is given back',
  async () => {
    const { dynamics, marketo } = lockstep;
    await lockstep.waitUntilInSync({ timeoutMs: 60_000 });
    const before = Math.max(...(await read<ChangeEvent>(topics.dynamicsChanges('lead'))).map(versionOf));

    await setColumnSecurity(false);
    for (const { id } of leads) await dynamics.editRow('lead', id, { lastname: `Renamed ${id.slice(-2)}` });
    for (const { id } of leads)
      await marketo.editPerson((await marketo.personOfRow(id)).id, { city: `Town ${id.slice(-2)}` });
    await lockstep.waitUntilInSync({ timeoutMs: 60_000 });

    const events = await read<ChangeEvent>(topics.dynamicsChanges('lead'));
    const later = events.filter((event) => versionOf(event) > before);
    expect(later.length).toBeGreaterThanOrEqual(leads.length);
    expect(later.flatMap(({ fields }) => Object.keys(fields ?? {})).filter(isJobTitle)).toEqual([]);
    const golden = await read<GoldenEvent>(topics.goldenChanges('person'));
    expect(golden.filter(({ fields }) => fields['jobTitle'] === null)).toEqual([]);
    for (const { id, jobtitle } of leads)
      expect(await marketo.personOfRow(id)).toMatchObject({ title: jobtitle });
    await untilSeen<Notice>(topics.notices, ({ code }) => code === 'COLUMN_STOPPED');

    await dynamics.editRow('lead', leads[0]?.id ?? '', { jobtitle: 'Changed meanwhile' });
    await setColumnSecurity(true);
    await lockstep.waitUntilInSync({ timeoutMs: 60_000 });
    expect(await marketo.personOfRow(leads[0]?.id ?? '')).toMatchObject({ title: 'Changed meanwhile' });
  },
  timeoutMs,
);
