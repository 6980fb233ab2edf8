import type { Values } from './controlApi.ts';
import { askOperator, operatorToken, untilHolds } from './operatorClient.ts';
import { makePersons, makeRows, toSeed } from './seedPeople.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const rows = makeRows('lead', 1);
const [lead] = rows;
const timeoutMs = 90_000;

let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({
    seed: { leads: toSeed(rows), persons: makePersons('lead', 1) },
    settings: { API_TOKEN: operatorToken },
  });
  await lockstep.waitUntilInSync({ timeoutMs });
}, 3 * timeoutMs);
afterAll(() => lockstep.close());

const call = (path: string, body?: object) => askOperator(lockstep.processes.reconciler, path, body);
const recordOf = async (row: string): Promise<Values> => {
  const { records } = (await call(`/v1/records?row=${row}`)) as { records: Values[] };

  return records[0] ?? {};
};

it(
  'a pair that an operator unlinks stays apart, whatever is edited on either side, and each side keeps its values',
  async () => {
    const id = lead?.id ?? '';
    const [wrong = {}] = await lockstep.marketo.persons();
    const { goldenId } = await recordOf(`dynamics/lead/${id}`);

    const { partedTo } = await call(`/v1/records/${String(goldenId)}/unlink`, { actor: 'ann' });
    await lockstep.dynamics.editRow('lead', id, { jobtitle: 'Captain' });
    const persons = await untilHolds(
      lockstep.marketo.persons,
      (found) => found.some(({ title }) => title === 'Captain'),
      timeoutMs,
    );
    await lockstep.marketo.editPerson(Number(wrong['id']), { title: 'Pilot' });
    await untilHolds(
      () => recordOf(`marketo/person/${String(wrong['id'])}`),
      ({ fields }) => JSON.stringify(fields).includes('Pilot'),
      timeoutMs,
    );

    expect(persons).toHaveLength(2);
    expect(await recordOf(`dynamics/lead/${id}`)).toMatchObject({ goldenId: partedTo });
    expect(await recordOf(`marketo/person/${String(wrong['id'])}`)).toMatchObject({
      goldenId,
      parted: [{ row: `dynamics/lead/${id}`, to: partedTo }],
    });
    expect(await lockstep.dynamics.row('lead', id)).toMatchObject({ jobtitle: 'Captain' });
    expect(await lockstep.marketo.persons()).toHaveLength(2);
  },
  4 * timeoutMs,
);
