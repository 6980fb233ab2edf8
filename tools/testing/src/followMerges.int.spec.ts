import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untilHolds } from './operatorClient.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 60_000;

let folder: string;
let lockstep: Lockstep;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-file-'));
  const file = join(folder, 'lockstep.yaml');
  await writeFile(file, 'persons: { mergedInMarketo: follow, mergedInDynamics: follow }');
  lockstep = await startLockstep({ settings: { LOCKSTEP_FILE: file } });
}, 2 * timeoutMs);
afterAll(async () => {
  await lockstep.close();
  await rm(folder, { recursive: true });
});

const until = <Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> =>
  untilHolds(ask, holds, timeoutMs);

/** Rows of Dynamics, each with the number of the person that it has. */
async function linkedRows(
  lastNames: readonly string[],
): Promise<readonly { readonly row: string; readonly person: number }[]> {
  const rows = await lockstep.dynamics.createRows(
    'lead',
    lastNames.map((lastname) => ({ lastname })),
  );
  const personOf = (row: string) => () => lockstep.marketo.personOfRow(row).catch(() => null);
  const persons = await Promise.all(rows.map((row) => until(personOf(row), (found) => found !== null)));

  return rows.map((row, at) => ({ row, person: Number(persons[at]?.id) }));
}

const merge = (winner: number, loser: number): Promise<unknown> =>
  lockstep.marketo.control.post('merges', { winner, losers: [loser] });

const personThere = (id: number) => () =>
  lockstep.marketo.person(id).then(
    () => true,
    () => false,
  );

it(
  'merges the row of a person that was merged into another one, whose own row goes on',
  async () => {
    const { dynamics, marketo } = lockstep;
    const [loser, winner] = await linkedRows(['Loser', 'Winner']);
    if (!loser || !winner) throw new Error('no rows');
    await merge(winner.person, loser.person);

    const rowOf = () => dynamics.row('lead', loser.row);
    const closed = await until(rowOf, (row) => row['merged'] === true);
    expect(closed).toMatchObject({ _masterid_value: winner.row, statecode: 2, lastname: 'Loser' });

    await marketo.editPerson(winner.person, { title: 'Director' });
    await until(
      () => dynamics.row('lead', winner.row),
      (row) => row['jobtitle'] === 'Director',
    );
    expect(await dynamics.row('lead', winner.row)).toMatchObject({ lastname: 'Winner', statecode: 0 });
  },
  3 * timeoutMs,
);

it(
  'lets a row go on with the person that its own was merged into, where that has no row',
  async () => {
    const { dynamics, marketo } = lockstep;
    const [loser] = await linkedRows(['Kept']);
    const [winner = 0] = await marketo.createPersons([{ email: 'winner@example.com', lastName: 'Marketo' }]);
    if (!loser) throw new Error('no row');
    await merge(winner, loser.person);
    await until(
      () => marketo.person(winner),
      (person) => person['crmId'] === loser.row,
    );

    await dynamics.editRow('lead', loser.row, { jobtitle: 'Director' });
    await until(
      () => marketo.person(winner),
      (person) => person['title'] === 'Director',
    );
    expect(await dynamics.row('lead', loser.row)).toMatchObject({ emailaddress1: 'winner@example.com' });
  },
  3 * timeoutMs,
);

it(
  'merges the person of a row that lost a merge into that of the row that carries on',
  async () => {
    const { dynamics } = lockstep;
    const [loser, winner] = await linkedRows(['Loser', 'Winner']);
    if (!loser || !winner) throw new Error('no rows');
    await dynamics.editRow('lead', loser.row, {
      ...{ merged: true, statecode: 2, 'masterid@odata.bind': `leads(${winner.row})` },
    });

    await until(personThere(loser.person), (isThere) => !isThere);
    expect(await personThere(winner.person)()).toBe(true);
    expect(await dynamics.row('lead', winner.row)).toMatchObject({ lastname: 'Winner', statecode: 0 });
  },
  3 * timeoutMs,
);
