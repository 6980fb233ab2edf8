import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Values } from './controlApi.ts';
import { createTable } from './customTable.ts';
import { runConsole } from './lockstepServices.ts';
import { untilHolds } from './operatorClient.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const idOf = (n: number): string => `5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1e${n}`;
const [contactId, visitId] = [idOf(11), idOf(12)];
const timeoutMs = 60_000;

let folder: string;
let lockstep: Lockstep;

const inFolder = (name: string): string => join(folder, name);
const putTables = (text: string): Promise<void> => writeFile(inFolder('tables'), text);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-tables-'));
  await putTables('lead,contact');
  await writeFile(inFolder('lockstep.yaml'), '');
  lockstep = await startLockstep({
    prepare: ({ dynamics }) => createTable(dynamics, 'Visit', { new_ContactId: 'contact' }),
    seed: { contacts: [{ contactid: contactId, lastname: 'Babbage' }] },
    settings: {
      DYNAMICS_TABLES: '',
      DYNAMICS_TABLES_FILE: inFolder('tables'),
      LOCKSTEP_FILE: inFolder('lockstep.yaml'),
      MARKETO_CUSTOM_TYPES: 'visit=crmId:key,leadId:link:lead.id,new_name',
      MARKETO_MAY_CREATE: 'custom-types',
    },
  });
}, 2 * timeoutMs);
afterAll(async () => {
  await lockstep.close();
  await rm(folder, { recursive: true });
});

const until = <Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> =>
  untilHolds(ask, holds, timeoutMs);

const visits = async (): Promise<readonly Values[]> =>
  (await lockstep.marketo.control.get<{ records: Values[] }>('objects/visit')).records;
const lastName = (): Promise<unknown> =>
  lockstep.marketo.personOfRow(contactId).then(
    (person) => person['lastName'],
    () => null,
  );
const saysThatTablesWait = async (name: 'extractor' | 'reconciler'): Promise<boolean> =>
  (await lockstep.processes[name].lastLines(1_000)).includes('The changed tables wait');

/** By the extractor, as its last round says. */
async function tablesRead(): Promise<unknown> {
  const lines = (await lockstep.processes.extractor.lastLines(1_000)).split('\n');
  const last = lines.findLast((line) => line.includes('is the active one'));

  return (JSON.parse(last ?? '{}') as { tables?: string }).tables;
}

async function editContact(lastname: string): Promise<void> {
  await lockstep.dynamics.editRow('contact', contactId, { lastname });
  await until(lastName, (now) => now === lastname);
}

async function applyTopics(): Promise<void> {
  const { kafkaBrokers, schemaRegistryUrl, topicPrefix } = lockstep;
  const { code, output } = await runConsole(['topics', 'apply'], {
    KAFKA_BROKERS: kafkaBrokers,
    SCHEMA_REGISTRY_URL: schemaRegistryUrl,
    TOPIC_PREFIX: topicPrefix,
    DYNAMICS_TABLES_FILE: inFolder('tables'),
  });
  if (code !== 0) throw new Error(output);
}

it(
  'takes up a custom table that joins the file, leaves it alone while it is out, and goes on where it was, all without a restart',
  async () => {
    const { control } = lockstep.dynamics;
    await until(lastName, (now) => now === 'Babbage');
    const naming = {
      _new_contactid_value: contactId,
      '_new_contactid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'contact',
    };
    const row = { new_visitid: visitId, new_name: 'Factory', ...naming };
    await control.post('rows', { table: 'new_visit', rows: [row] });

    await writeFile(
      inFolder('lockstep.yaml'),
      'customEntities: { new_visit: { type: visit, person: new_contactid } }',
    );
    await putTables('lead\ncontact\nnew_visit\n');
    // Its topics are not there yet, so the others go on.
    await until(() => saysThatTablesWait('extractor'), Boolean);
    await until(() => saysThatTablesWait('reconciler'), Boolean);
    await editContact('Lovelace');

    await applyTopics();
    await until(visits, ([visit]) => visit?.['new_name'] === 'Factory' && visit['leadId'] !== null);
    await editContact('Byron');

    await putTables('lead,contact');
    await until(tablesRead, (tables) => tables === 'lead,contact');
    await control.post('edits', { table: 'new_visit', id: visitId, fields: { new_name: 'Office' } });
    await editContact('King');
    expect(await visits()).toMatchObject([{ new_name: 'Factory' }]);

    await putTables('lead,contact,new_visit');
    await until(visits, ([visit]) => visit?.['new_name'] === 'Office');
    for (const { exitCode } of Object.values(lockstep.processes)) expect(exitCode()).toBeNull();
  },
  6 * timeoutMs,
);
