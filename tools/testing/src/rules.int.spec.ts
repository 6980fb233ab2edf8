import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { untilHolds } from './operatorClient.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const id = '5f0e4c9a-0a4e-4f54-9a53-3a6b8a7a1c07';
const timeoutMs = 60_000;
const website = 'website: { lead: websiteurl, contact: websiteurl, marketo: website }';

let folder: string;
let lockstep: Lockstep;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-file-'));
  await rule(`persons: { fields: { ${website}, jobTitle: off } }`);
  lockstep = await startLockstep({
    seed: {
      leads: [{ leadid: id, firstname: 'Ada', jobtitle: 'Engineer', websiteurl: 'https://ada.example' }],
    },
    settings: { LOCKSTEP_FILE: join(folder, 'lockstep.yaml') },
  });
}, 2 * timeoutMs);
afterAll(async () => {
  await lockstep.close();
  await rm(folder, { recursive: true });
});

const rule = (text: string): Promise<void> => writeFile(join(folder, 'lockstep.yaml'), text);

const until = <Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> =>
  untilHolds(ask, holds, timeoutMs);

it(
  'keeps a field that the file adds in step, leaves one alone that it takes out, and obeys a change without a restart',
  async () => {
    const { dynamics, marketo } = lockstep;
    const personOf = () => marketo.personOfRow(id).catch(() => null);
    const rowOf = () => dynamics.row('lead', id);
    const person = await until(personOf, (found) => found !== null);
    expect(person).toMatchObject({ firstName: 'Ada', website: 'https://ada.example', title: null });

    await marketo.editPerson(person?.id ?? 0, { website: 'https://lovelace.example', title: 'Countess' });
    expect(await until(rowOf, ({ websiteurl }) => websiteurl === 'https://lovelace.example')).toMatchObject({
      jobtitle: 'Engineer',
    });

    await rule(`persons: { fields: { ${website}, lastName: { direction: to-marketo } } }`);
    await sleep(8_000);
    await dynamics.editRow('lead', id, { lastname: 'Lovelace' });
    await until(personOf, (found) => found?.['lastName'] === 'Lovelace');
    await marketo.editPerson(person?.id ?? 0, { lastName: 'Byron' });

    // The titles that were left alone meet, and on a lead that of Marketo wins.
    await until(rowOf, ({ jobtitle }) => jobtitle === 'Countess');
    await until(personOf, (found) => found?.['lastName'] === 'Lovelace');
    expect(await rowOf()).toMatchObject({ lastname: 'Lovelace', websiteurl: 'https://lovelace.example' });
  },
  4 * timeoutMs,
);

it(
  'keeps a row out by a condition on a column that is not mapped, and lets it in again when that holds',
  async () => {
    const { dynamics, marketo } = lockstep;
    const personOf = (row: string) => marketo.personOfRow(row).catch(() => null);
    await rule('persons: { filter: { column: websiteurl, endsWith: .example } }');
    await sleep(8_000);
    await dynamics.editRow('lead', id, { websiteurl: 'https://ada.test', firstname: 'Augusta' });
    const [other = ''] = await dynamics.createRows('lead', [{ websiteurl: 'https://other.example' }]);
    await until(
      () => personOf(other),
      (found) => found !== null,
    );
    expect(await personOf(id)).toMatchObject({ firstName: 'Ada' });

    await dynamics.editRow('lead', id, { websiteurl: 'https://ada.example' });
    await until(
      () => personOf(id),
      (found) => found?.['firstName'] === 'Augusta',
    );
  },
  4 * timeoutMs,
);

it(
  'makes a row of a person of Marketo when an edit lets the rule hold, and of nobody else',
  async () => {
    const { dynamics, marketo } = lockstep;
    await rule('persons: { createInDynamics: { when: { field: jobTitle, contains: pilot }, as: contact } }');
    await sleep(8_000);
    const [person = 0] = await marketo.createPersons([{ email: 'amelia@example.com', lastName: 'Earhart' }]);
    const contacts = async () => (await dynamics.rows('contact')).map(({ lastname }) => lastname);
    await marketo.editPerson(person, { title: 'Test pilot' });

    await until(contacts, (names) => names.includes('Earhart'));
    expect(await contacts()).toEqual(['Earhart']);
  },
  4 * timeoutMs,
);

it(
  'reads a field of Marketo that a change of the file adds, without a restart',
  async () => {
    const { dynamics, marketo } = lockstep;
    const reason = 'reason: { lead: websiteurl, marketo: unsubscribedReason, direction: to-dynamics }';
    const personOf = () => marketo.personOfRow(id).catch(() => null);
    const { id: person } = (await until(personOf, (found) => found !== null)) ?? { id: 0 };
    await rule(`persons: { fields: { ${reason} } }`);
    await sleep(8_000);
    await dynamics.editRow('lead', id, { firstname: 'Byron' });
    await until(personOf, (found) => found?.['firstName'] === 'Byron');

    // Edits go on until one is seen: nobody outside knows when the field is read.
    let edits = 0;
    const edit = async () => {
      edits += 1;
      await marketo.editPerson(person, { unsubscribedReason: `https://moved.example/${edits}` });
      await sleep(2_000);

      return dynamics.row('lead', id);
    };
    await until(edit, ({ websiteurl }) => String(websiteurl).startsWith('https://moved.example'));
  },
  4 * timeoutMs,
);

it(
  'deletes the person of a row that turns out or is deleted, keeps its opt-out, and makes a new one when the row turns in',
  async () => {
    const { dynamics, marketo } = lockstep;
    const numberOf = (row: string) => marketo.personOfRow(row).then(({ id: number }) => number, notThere);
    const notThere = () => 0;
    await rule(
      'persons: { filter: { column: websiteurl, endsWith: .example }, whenFilteredOut: remove, deletedInDynamics: delete }',
    );
    await sleep(8_000);
    const address = 'leaver@example.com';
    const leaver = { emailaddress1: address, websiteurl: 'https://leaver.example', donotbulkemail: true };
    const [row = ''] = await dynamics.createRows('lead', [leaver]);
    const first = await until(() => numberOf(row), Boolean);

    await dynamics.editRow('lead', row, { websiteurl: 'https://leaver.test' });
    await until(
      () => numberOf(row),
      (number) => number === 0,
    );
    await dynamics.editRow('lead', row, { websiteurl: 'https://leaver.example' });
    expect(await until(() => numberOf(row), Boolean)).not.toBe(first);

    await dynamics.deleteRow('lead', row);
    await until(
      () => numberOf(row),
      (number) => number === 0,
    );
    const [later = ''] = await dynamics.createRows('lead', [{ ...leaver, donotbulkemail: false }]);
    await until(() => numberOf(later), Boolean);
    expect(await marketo.personOfRow(later)).toMatchObject({ unsubscribed: true });
  },
  4 * timeoutMs,
);

it(
  'deletes the row of a person that was deleted in Marketo, or deactivates it, and leaves one alone that was edited',
  async () => {
    const { dynamics, marketo } = lockstep;
    const rowOf = (table: 'lead' | 'contact', row: string) => dynamics.row(table, row).catch(() => null);
    /** Of a person that its record has heard of: one that is deleted before that ends no row (docs/operations.md, known faults). */
    const numberOf = async (row: string, table: 'lead' | 'contact' = 'lead') => {
      const found = await until(
        () => marketo.personOfRow(row).catch(() => null),
        (person) => person !== null,
      );
      await marketo.editPerson(Number(found?.id), { city: 'Lyon' });
      await until(
        () => rowOf(table, row),
        (now) => now?.['address1_city'] === 'Lyon',
      );

      return Number(found?.id);
    };
    await rule('persons: { rowWhenPersonDeleted: delete }');
    await sleep(8_000);
    const [lead = '', edited = ''] = await dynamics.createRows('lead', [
      { lastname: 'A' },
      { lastname: 'B' },
    ]);

    const [first, second] = [await numberOf(lead), await numberOf(edited)];
    await dynamics.editRow('lead', edited, { jobtitle: 'Director' });
    await marketo.deletePerson(second);
    await marketo.deletePerson(first);
    await until(
      () => rowOf('lead', lead),
      (row) => row === null,
    );
    const again = await until(
      () => marketo.personOfRow(edited).catch(() => null),
      (person) => person !== null && Number(person.id) !== second,
    );
    expect(again).toMatchObject({ title: 'Director' });
    expect(await rowOf('lead', edited)).toMatchObject({ statecode: 0 });

    await rule('persons: { rowWhenPersonDeleted: deactivate }');
    await sleep(8_000);
    const [contact = ''] = await dynamics.createRows('contact', [{ lastname: 'C' }]);
    await marketo.deletePerson(await numberOf(contact, 'contact'));
    await until(
      () => rowOf('contact', contact),
      (row) => row?.['statecode'] === 1,
    );
  },
  4 * timeoutMs,
);

it(
  'keeps a day in step that a custom field of the file names, cleared ones and those before 1970 among them',
  async () => {
    const { dynamics, marketo } = lockstep;
    await rule('persons: { fields: { birthday: { contact: birthdate, marketo: dateOfBirth, type: date } } }');
    await sleep(8_000);
    const row = { lastname: 'Hopper', birthdate: '1906-12-09' };
    const [contact = ''] = await dynamics.createRows('contact', [row]);
    const personOf = () => marketo.personOfRow(contact).catch(() => null);
    const person = await until(personOf, (found) => found?.['dateOfBirth'] === '1906-12-09');

    await marketo.editPerson(person?.id ?? 0, { dateOfBirth: '1992-01-01' });
    const rowOf = () => dynamics.row('contact', contact);
    await until(rowOf, ({ birthdate }) => birthdate === '1992-01-01');
    await dynamics.editRow('contact', contact, { birthdate: null });
    await until(personOf, (found) => found?.['dateOfBirth'] === null);
  },
  4 * timeoutMs,
);

it(
  'moves a field to another column, which is blank, and blanks nothing',
  async () => {
    const { dynamics, marketo } = lockstep;
    await rule('persons: { fields: { phone: { contact: telephone1 } } }');
    await sleep(8_000);
    const [contact = ''] = await dynamics.createRows('contact', [{ lastname: 'Noether', telephone1: '123' }]);
    const personOf = () => marketo.personOfRow(contact).catch(() => null);
    await until(personOf, (found) => found?.['phone'] === '123');

    await rule('persons: { fields: { phone: { contact: websiteurl } } }');
    await sleep(8_000);
    await dynamics.editRow('contact', contact, { firstname: 'Emmy' });

    const row = await until(
      () => dynamics.row('contact', contact),
      ({ websiteurl }) => websiteurl === '123',
    );
    expect(row).toMatchObject({ telephone1: '123', firstname: 'Emmy' });
    expect(await until(personOf, (found) => found?.['firstName'] === 'Emmy')).toMatchObject({ phone: '123' });
  },
  4 * timeoutMs,
);
