import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Values } from './controlApi.ts';
import { askOperator, operatorToken, untilHolds } from './operatorClient.ts';
import { makeRows, toSeed } from './seedPeople.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const rows = makeRows('lead', 1);
const id = rows[0]?.id ?? '';
const timeoutMs = 90_000;

let folder: string;
let lockstep: Lockstep;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-file-'));
  await writeFile(join(folder, 'lockstep.yaml'), 'persons: { deletedInMarketo: ask }');
  lockstep = await startLockstep({
    seed: { leads: toSeed(rows) },
    settings: { API_TOKEN: operatorToken, LOCKSTEP_FILE: join(folder, 'lockstep.yaml') },
  });
}, 3 * timeoutMs);
afterAll(async () => {
  await lockstep.close();
  await rm(folder, { recursive: true });
});

const call = <Answer = Values>(path: string, body?: object) =>
  askOperator<Answer>(lockstep.processes.reconciler, path, body);

type Reviews = { readonly reviews: readonly { readonly goldenId: string; readonly troubles: Values[] }[] };

it(
  'a person deleted in Marketo whose row is edited waits for an operator, and comes back once when that one says so',
  async () => {
    const { dynamics, marketo } = lockstep;
    const [person = {}] = await untilHolds(marketo.persons, ({ length }) => length === 1, timeoutMs);
    await marketo.deletePerson(Number(person['id']));
    await dynamics.editRow('lead', id, { jobtitle: 'Captain' });
    const { reviews } = await untilHolds(
      () => call<Reviews>('/v1/reviews'),
      (answer) => answer.reviews.length === 1,
      timeoutMs,
    );
    expect(reviews[0]?.troubles).toMatchObject([{ code: 'PERSON_DELETED' }]);
    expect(await marketo.persons()).toEqual([]);

    const path = `/v1/records/${String(reviews[0]?.goldenId)}`;
    await call(`${path}/review`, { decision: 'recreate', actor: 'ann' });
    const [created = {}] = await untilHolds(marketo.persons, ({ length }) => length === 1, timeoutMs);

    expect(created).toMatchObject({ title: 'Captain' });
    expect(created['id']).not.toBe(person['id']);
    const { rows: explained } = await call<{ readonly rows: Values[] }>(path);
    expect(explained).toContainEqual(
      expect.objectContaining({ key: `marketo/person/${String(person['id'])}`, verdict: 'recreate' }),
    );
    await untilHolds(
      () => call<Reviews>('/v1/reviews'),
      (answer) => answer.reviews.length === 0,
      timeoutMs,
    );
  },
  4 * timeoutMs,
);
