import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOptionsColumn } from './customTable.ts';
import { untilHolds } from './operatorClient.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 60_000;
const text = `
persons:
  fields:
    hobbies:
      { lead: new_hobbies, marketo: unsubscribedReason, type: options, direction: both,
        labels: { 4: Chess, 7: Opera, 30: Sailing }, conflict: union }
`;

let folder: string;
let lockstep: Lockstep;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-options-'));
  await writeFile(join(folder, 'lockstep.yaml'), text);
  const options = { 4: 'Chess', 7: 'Opera', 30: 'Sailing' };
  lockstep = await startLockstep({
    prepare: ({ dynamics }) => createOptionsColumn(dynamics, { table: 'lead', name: 'hobbies', options }),
    settings: { LOCKSTEP_FILE: join(folder, 'lockstep.yaml') },
  });
}, 2 * timeoutMs);
afterAll(async () => {
  await lockstep.close();
  await rm(folder, { recursive: true });
});

const until = <Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> =>
  untilHolds(ask, holds, timeoutMs);

it(
  'unites what both sides choose of several options, as numbers here and labels there',
  async () => {
    const { dynamics, marketo } = lockstep;
    const [id = ''] = await dynamics.createRows('lead', [{ lastname: 'Byron', new_hobbies: '4' }]);
    const personOf = () => marketo.personOfRow(id).catch(() => null);
    const person = await until(personOf, (found) => found?.['unsubscribedReason'] === 'Chess');

    await Promise.all([
      dynamics.editRow('lead', id, { new_hobbies: '4,30' }),
      marketo.editPerson(person?.id ?? 0, { unsubscribedReason: 'Chess;Opera' }),
    ]);

    const all = 'Chess;Opera;Sailing';
    expect(await until(personOf, (found) => found?.['unsubscribedReason'] === all)).toMatchObject({
      unsubscribedReason: all,
    });
    const row = await until(
      () => dynamics.row('lead', id),
      ({ new_hobbies: chosen }) => String(chosen) === '4,7,30',
    );
    expect(String(row['new_hobbies'])).toBe('4,7,30');
  },
  4 * timeoutMs,
);
