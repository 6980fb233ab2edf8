import type { Values } from './controlApi.ts';
import { runConsole, type Ran } from './lockstepServices.ts';
import { askOperator, operatorToken, untilHolds } from './operatorClient.ts';
import { makeRows, toSeed } from './seedPeople.ts';
import type { ServiceProcess } from './serviceProcess.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const rows = makeRows('lead', 1);
const id = rows[0]?.id ?? '';
const timeoutMs = 90_000;

let lockstep: Lockstep;
let reconciler: ServiceProcess;

beforeAll(async () => {
  lockstep = await startLockstep({ seed: { leads: toSeed(rows) }, settings: { API_TOKEN: operatorToken } });
  reconciler = lockstep.processes.reconciler;
  await lockstep.waitUntilInSync({ timeoutMs });
}, 3 * timeoutMs);
afterAll(() => lockstep.close());

const call = (path: string, body?: object) => askOperator(reconciler, path, body);
const until = <Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean) =>
  untilHolds(ask, holds, timeoutMs);

/** The command line as an operator runs it. */
const run = (...words: string[]): Promise<Ran> =>
  runConsole(words, {
    LOCKSTEP_API_URL: reconciler.url,
    LOCKSTEP_API_TOKEN: operatorToken,
  });

const undo = (...words: string[]): Promise<Ran> => run('undo', ...words);

async function restart(): Promise<void> {
  await reconciler.kill();
  reconciler = await lockstep.services.start('reconciler');
  const isAnswering = () =>
    call('/v1/status').then(
      () => true,
      () => false,
    );
  await until(isAnswering, (answers) => answers);
}

const recordOf = async (): Promise<Values> =>
  ((await call(`/v1/records?row=dynamics/lead/${id}`)) as { records: Values[] }).records[0] ?? {};
const titlesOf = async (): Promise<unknown[]> => [
  (await lockstep.dynamics.row('lead', id))['jobtitle'],
  (await lockstep.marketo.personOfRow(id))['title'],
];
const isOnBothSides = (title: string) => (titles: unknown[]) => titles.every((each) => each === title);
const isIn = (text: string) => (record: Values) => JSON.stringify(record).includes(text);

/** Both sides edit the job title while nothing is written, so that neither knows of the other. */
async function makeConflict(loser: string, winner: string): Promise<void> {
  const direct = (action: string) =>
    Promise.all(
      ['dynamics', 'marketo'].map((side) =>
        call('/v1/control', { action, target: `reconciler/to-${side}`, actor: 'ann' }),
      ),
    );
  const isWithheld = ({ writes }: Values) =>
    Object.values(writes as Record<string, { isWithheld: boolean }>).every((side) => side.isWithheld);
  const person = await lockstep.marketo.personOfRow(id);
  await direct('pause');
  await until(() => call('/v1/status'), isWithheld);
  await lockstep.dynamics.editRow('lead', id, { jobtitle: loser });
  await until(recordOf, isIn(loser));
  await lockstep.marketo.editPerson(person.id, { title: winner });
  await until(recordOf, isIn(winner));
  await direct('resume');
  await until(titlesOf, isOnBothSides(winner));
}

it(
  'an undo gives both sides the value that lost, over restarts, and is undone itself',
  async () => {
    await makeConflict('Director', 'Architect');
    expect((await undo(`dynamics/lead/${id}`)).output).toContain('1 of 1 decisions can be undone');

    const asked = await undo(`dynamics/lead/${id}`, '--field', 'jobTitle');
    await restart();

    expect(asked).toMatchObject({ code: 0, output: expect.stringContaining('Director') as unknown });
    await until(titlesOf, isOnBothSides('Director'));
    const [first, second] = (await recordOf())['conflicts'] as Values[];
    expect([first, second]).toMatchObject([{ undo: 'UNDO_OVERTAKEN' }, { rule: 'undo', undo: 'possible' }]);

    const again = await undo(`dynamics/lead/${id}`, '--decision', String(first?.['decision']));
    expect(again).toMatchObject({ code: 1, output: expect.stringContaining('UNDO_OVERTAKEN') as unknown });
    await undo(`dynamics/lead/${id}`, '--decision', String(second?.['decision']));
    await until(titlesOf, isOnBothSides('Architect'));
    await restart();
    await lockstep.waitUntilInSync({ timeoutMs, quietMs: 2_000 });

    expect(await titlesOf()).toEqual(['Architect', 'Architect']);
    expect((await recordOf())['conflicts']).toHaveLength(3);
  },
  4 * timeoutMs,
);

it(
  'undoes the decisions of a rule since a time in all records, each once, and counts them before',
  async () => {
    const since = new Date().toISOString();
    await makeConflict('Pilot', 'Captain');
    const undoAll = (...words: string[]) =>
      run('undo-all', '--since', since, '--rule', 'marketo-wins-for-leads', ...words);

    expect((await undoAll('--dry-run')).output).toBe('1 records, 1 decisions: 1 could be undone\n');
    expect(await titlesOf()).toEqual(['Captain', 'Captain']);
    expect((await undoAll()).output).toBe('1 records, 1 decisions: 1 are undone\n');
    await until(titlesOf, isOnBothSides('Pilot'));

    expect((await undoAll()).output).toBe('1 records, 0 decisions: 0 are undone\n');
    await lockstep.waitUntilInSync({ timeoutMs, quietMs: 2_000 });
    expect(await titlesOf()).toEqual(['Pilot', 'Pilot']);
  },
  4 * timeoutMs,
);
